"""The magic words of Pro Santé Connect (D10): the client ``panne.<id>`` gets the fault of this id.

Any client is taken here, so that one setting of the software under test is enough. A hyphen stands for the id's dot:
``panne.psc-token-expired``.
"""

from typing import Final

_BEGIN: Final = "panne."


def magic_id(client_id: str | None) -> str | None:
    """The id that a client asks for, known or not; None: it asks for nothing."""
    if client_id is None or not client_id.startswith(_BEGIN):
        return None
    return client_id.removeprefix(_BEGIN).replace("-", ".", 1)
