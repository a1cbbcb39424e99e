"""The magic words of MSSanté (D10): an address ``panne.<id>@…`` or a subject with ``[socles:<id>]`` provokes a fault.

In an address a hyphen stands for the id's dot: ``panne.mss-box-full@example.mssante.fr``.
"""

import re
from collections.abc import Mapping

_LOCAL = "panne."
_WORD = re.compile(r"\[socles:([a-z]+\.[a-z-]+)\]")
_ADDRESSES = ("login", "from", "to")


def magic_id(attributes: Mapping[str, str]) -> str | None:
    """The id that a step of the dialogue asks for (login, from, to, subject); None: it asks for nothing."""
    for name in _ADDRESSES:
        address = attributes.get(name, "")
        if address.startswith(_LOCAL):
            return address.removeprefix(_LOCAL).partition("@")[0].replace("-", ".", 1)
    found = _WORD.search(attributes.get("subject", ""))
    return found[1] if found else None
