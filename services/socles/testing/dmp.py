"""What the DMP took and refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from socles.testing.core import Core, told
from socles.testing.exchanges import Exchange, Finding
from socles.testing.people import Patient

SERVICE = "dmp_sim"
_PATH = "/_sandbox/dmp_sim/documents"
_MOST = 1000


class Deposit:
    """A document in the DMP. Metadata, bytes and exchange are fetched when they are asked for."""

    def __init__(self, core: Core, summary: Mapping[str, Any]) -> None:
        self._core = core
        self.unique_id: str = summary["uniqueId"]
        self.entry_uuid: str = summary["entryUuid"]
        self.title: str = summary["title"]
        self.type_code: str | None = summary["typeCode"]
        self.class_code: str | None = summary["classCode"]
        self.status: str = summary["status"].rpartition(":")[2]
        """``Approved``, or ``Deprecated`` once it was replaced."""
        self.revision: int = summary["revision"]
        """1, then one more for each replacement."""
        self.replaces: str | None = summary["replaces"]
        """entryUUID of the version replaced."""
        self.size: int = summary["size"]
        self.sha1: str = summary["sha1"]
        self.submission_set: str = summary["submissionSet"]
        """uniqueId of its lot."""
        self.registered_at: datetime = datetime.fromisoformat(summary["registeredAt"])
        """By the workspace's clock."""
        self.exchange_id: str = summary["exchangeId"]

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """The document entry's metadata as sent: ``patient_id``, ``authors``, ``confidentiality`` …"""
        detail: Mapping[str, Any] = self._core.api.get(f"{_PATH}/{self.unique_id}")["metadata"]
        return detail

    @property
    def patient(self) -> str:
        """INS of the document entry: 15 characters."""
        return str(self.metadata["patient_id"]).partition("^")[0]

    @cached_property
    def content(self) -> bytes:
        """The document, byte for byte as deposited."""
        return self._core.api.read(f"{_PATH}/{self.unique_id}/raw")

    @cached_property
    def exchange(self) -> Exchange:
        """The request it came with."""
        return self._core.journal.one(self.exchange_id)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of its exchange: an accepted deposit may still have warnings."""
        return self.exchange.findings

    def __repr__(self) -> str:
        return f"Deposit({self.unique_id!r}, {self.title!r}, type_code={self.type_code!r}, {self.status})"


class Dmp:
    """The DMP of one workspace."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def deposits(
        self, *, patient: Patient | str | None = None, type_code: str | None = None, title: str | None = None
    ) -> list[Deposit]:
        """Documents that match, in the order of their registration; lots' signatures are left out.

        ``patient``: a person of the population, or an INS of 13 or 15 characters. ``title``: part of the title.
        """
        ins = _ins(patient)
        found = [Deposit(self._core, one) for one in self._core.api.get(_PATH, limit=_MOST)]
        return [
            one
            for one in reversed(found)
            if type_code in (None, one.type_code)
            and (title is None or title in one.title)
            and (ins is None or one.patient.startswith(ins))
        ]

    def expect_deposit(
        self,
        *,
        patient: Patient | str | None = None,
        type_code: str | None = None,
        title: str | None = None,
        timeout: float | None = None,
    ) -> Deposit:
        """The one document that matches, waited for. Two of them are an error too: something was sent twice."""
        __tracebackhide__ = True
        return self.expect_deposits(1, patient=patient, type_code=type_code, title=title, timeout=timeout)[0]

    def expect_deposits(
        self,
        count: int,
        *,
        patient: Patient | str | None = None,
        type_code: str | None = None,
        title: str | None = None,
        timeout: float | None = None,
    ) -> list[Deposit]:
        """Exactly ``count`` documents that match, waited for; see ``deposits``."""
        __tracebackhide__ = True

        def look() -> Sequence[Deposit]:
            found[:] = self.deposits(patient=patient, type_code=type_code, title=title)
            return found[: count or 1] if len(found) >= count else ()

        found: list[Deposit] = []
        self._core.wait(look, timeout)
        if len(found) != count:
            asked = told({"patient": patient, "type_code": type_code, "title": title})
            what = f"{count} document(s) attendu(s) au DMP, {len(found)} trouvé(s)"
            raise self._core.failed(f"{what} / DMP documents expected: {count}, found: {len(found)}: {asked}", timeout)
        return found

    def refusals(self, *, code: str | None = None) -> list[Exchange]:
        """What was refused, in the order of arrival."""
        return [one for one in reversed(list(self._core.journal.find(service=SERVICE))) if _is_refused(one, code)]

    def expect_refused(self, *, code: str | None = None, timeout: float | None = None) -> Exchange:
        """The newest request that the DMP refused, with this wire code if given, waited for.

        Its findings are then expected: ``--socles-fail-on`` leaves them alone.
        """
        __tracebackhide__ = True
        what = "Aucun refus du DMP / no refusal by the DMP: " + told({"code": code})
        return self._core.expect_exchange(what, SERVICE, lambda one: _is_refused(one, code), timeout)


def _ins(patient: Patient | str | None) -> str | None:
    if not isinstance(patient, Patient):
        return patient
    if patient.ins is None:
        raise ValueError(f"{patient.id} n'a pas d'INS / has no INS")
    return patient.ins


def _is_refused(exchange: Exchange, code: str | None) -> bool:
    return exchange.outcome != "accepted" and code in (None, exchange.code)
