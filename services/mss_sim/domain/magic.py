"""The magic words of MSSanté (D10): an address ``panne.<id>@…`` or a subject with ``[socles:<id>]`` provokes a fault.

In an address a hyphen stands for the id's dot: ``panne.mss-box-full@example.mssante.fr``.
"""

import re
from collections.abc import Mapping

_LOCAL = "panne."
_WORD = re.compile(r"\[socles:([a-z]+\.[a-z-]+)\]")
_PLACES = ("helo", "login", "from", "to")


def magic_id(attributes: Mapping[str, str]) -> str | None:
    """The id that a step of the dialogue asks for (helo, login, from, to, subject); None: it asks for nothing."""
    for name in _PLACES:
        said = attributes.get(name, "")
        if _LOCAL in said:
            for word in said.split():
                if word.startswith(_LOCAL):
                    return word.removeprefix(_LOCAL).partition("@")[0].replace("-", ".", 1)
    return subject_id(attributes)


def subject_id(attributes: Mapping[str, str]) -> str | None:
    """The id that the subject asks for."""
    subject = attributes.get("subject", "")
    found = _WORD.search(subject) if "[socles:" in subject else None
    return found[1] if found else None
