"""Object identifiers (ITU-T X.660) in dotted form."""

import re

_OID = re.compile(r"(?:[01](?:\.(?:0|[1-3]?[1-9]|[1-3]0))|2(?:\.(?:0|[1-9][0-9]*)))(?:\.(?:0|[1-9][0-9]*))*", re.ASCII)


def is_oid(text: str) -> bool:
    """True for a dotted OID of at least two arcs, without leading zeros; under 0 and 1 the second arc is at most 39.

    >>> is_oid("1.2.250.1.213.1.4.8"), is_oid("1.2.250.01"), is_oid("3.1")
    (True, False, False)
    """
    return _OID.fullmatch(text) is not None
