"""The magic identity of INSi (D10): birth name ``PANNE``, first name the id of a fault in capitals.

Names hold letters and hyphens only, so a hyphen stands for the dot: ``INSI-TECHNICAL-ERROR``, ``ANY-CUT``.
"""

BIRTH_NAME = "PANNE"


def magic_id(birth_name: str, given_name: str) -> str | None:
    """The id that an identity asks for, known or not; None: it asks for nothing."""
    if birth_name != BIRTH_NAME:
        return None
    return given_name.lower().replace("-", ".", 1)
