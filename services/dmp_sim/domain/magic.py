"""The magic text of the DMP (D10): ``[socles:<id>]`` in a title, a comment, a user's name … provokes that fault.

A fault of retrieval also happens when a document is asked for whose title, as it was deposited, holds the text.
"""

import re

_WORD = re.compile(r"\[socles:([a-z]+\.[a-z-]+)\]")


def magic_id(text: str) -> str | None:
    """The first id that the text asks for, known or not; None: it asks for nothing."""
    found = _WORD.search(text)
    return found[1] if found else None
