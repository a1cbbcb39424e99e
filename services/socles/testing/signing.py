"""Signed assertions and lots for tests, right, or wrong in one chosen way."""

import base64
from collections.abc import Mapping
from typing import Any

from socles.testing.core import Core
from socles.testing.naming import member

_PATH = "/_sandbox/sign"


class Signing:
    """The sandbox's signer, at the clock of one workspace.

    Keywords are the members of the API's orders in small letters (``name_id``, ``lps_name`` …, see ``/openapi.json``);
    ``flaw`` is one of :meth:`flaws`, of a lot one of :meth:`lot_flaws`. All raise ``Refused``.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def vihf(self, structure: str, patient: str | None = None, **said: Any) -> str:
        """``wsse:Security`` with a VIHF of ``structure`` (1 and the FINESS) about ``patient`` (a CX)."""
        return self._made("vihf", {"structure": structure, "patient": patient, **said})

    def assertion(self, national_id: str, **said: Any) -> str:
        """``wsse:Security`` with INSi's assertion of a professional (8 and the RPPS); ``source="PSC"``: unsigned.

        ``vitale``: the id or insured number of a virtual Vitale card, whose assertion is put beside.
        """
        return self._made("assertion", {"national_id": national_id, **said})

    def lot(self, set_id: str, documents: Mapping[str, bytes], **said: Any) -> str:
        """The document of Signature01; ``documents`` by uniqueId, in the order of the lot."""
        listed = [
            {"uniqueId": unique_id, "content": base64.b64encode(content).decode()}
            for unique_id, content in documents.items()
        ]
        return self._made("lot", {"set_id": set_id, "documents": listed, **said})

    def flaws(self) -> dict[str, str]:
        """Deliberate mistakes of assertions, each with the rule that it breaks."""
        return {one["name"]: one["breaks"] for one in self._core.api.get(f"{_PATH}/flaws")}

    def lot_flaws(self) -> dict[str, str]:
        """The same of lots."""
        return {one["name"]: one["breaks"] for one in self._core.api.get(f"{_PATH}/lot-flaws")}

    def _made(self, what: str, said: Mapping[str, Any]) -> str:
        order = {member(name): value for name, value in said.items()}
        return self._core.api.make(f"{_PATH}/{what}", order).decode()
