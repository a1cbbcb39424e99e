"""The way of a consultation: TD3.1 (ITI-18) on /registry, TD3.2 (ITI-43) on /repository."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from dmp_sim.acting import act_facts, header_fault, real_patient
from dmp_sim.domain.check_addressing import check_addressing
from dmp_sim.domain.check_query import ENTRY_UUID, check_query, check_retrieval, check_retrieved
from dmp_sim.domain.check_vihf import check_vihf
from dmp_sim.domain.known import patient_key
from dmp_sim.domain.magic import magic_id
from dmp_sim.domain.query import FIND_DOCUMENTS, StoredEntry
from dmp_sim.domain.verdict import about_header, error_code, registry_errors
from dmp_sim.domain.vihf import Vihf
from dmp_sim.store import DmpStore
from dmp_sim.trust import Trust
from dmp_sim.wire import iti18, iti43
from dmp_sim.wire.matched import of_query, of_retrieval
from dmp_sim.wire.vihf import read_vihf
from socle.blobs import Blob
from socle.control.port import Control
from socle.events import DmpRecordConsulted
from socle.exchange import Outcome
from socle.rules import Finding, refusing
from socle.soap.injection import Injected
from socle.soap.model import Call, FaultCode, Operation, Reply, SoapFault


class Consultations:
    """ITI-18 and ITI-43."""

    def __init__(self, store: DmpStore, control: Control, trust: Trust) -> None:
        self._store = store
        self._control = control
        self._trust = trust

    @property
    def query_operation(self) -> Operation:
        """ITI-18, as the endpoint dispatches it."""
        return Operation("iti18", frozenset({iti18.BODY}), self.query, iti18.ACTIONS, of_query, self.guard)

    @property
    def retrieve_operation(self) -> Operation:
        """ITI-43, as the endpoint dispatches it."""
        return Operation("iti43", frozenset({iti43.BODY}), self.retrieve, iti43.ACTIONS, of_retrieval, self.guard)

    async def guard(self, call: Call) -> None:
        """D11 for a consultation that a fault rule ended: only whether its patient may be a real one."""
        vihf = read_vihf(call.envelope.header)
        asked = ""
        with suppress(SoapFault):  # what cannot be read tells of nobody
            asked = iti18.read_query(call.envelope.body).patient_id
        real_patient(self._control, call, vihf.patient_id if vihf is not None else "", asked)

    async def query(self, call: Call) -> Reply:
        """FindDocuments or GetDocuments; a refused VIHF raises ``SoapFault``."""
        vihf = read_vihf(call.envelope.header)
        asked = iti18.read_query(call.envelope.body)
        vihf_patient = vihf.patient_id if vihf is not None else ""
        patient_id = vihf_patient or asked.patient_id
        documents = asked.documents_query(vihf_patient)
        trusted = await self._trust.judge(call, vihf)
        findings = [
            *real_patient(self._control, call, vihf_patient, asked.patient_id),
            *check_addressing(call.envelope.message_id),
            *check_vihf(vihf, deposit=False),
            *check_query(asked.id, asked.patient_id, vihf_patient, documents.entry_uuids + documents.unique_ids),
        ]
        refused = [*trusted.refusing, *refusing(findings, call.strictness)]
        call.exchange.findings += [*trusted.findings, *findings]
        found: list[StoredEntry] = []
        if not refused:
            query = asked.entry_query(patient_id) if asked.id == FIND_DOCUMENTS else documents
            found = await self._store.find(call.exchange.workspace, call.exchange.epoch, query, past=_past(call))
        await self._tell(call, vihf, patient_id, success=not refused, returned=len(found))
        if refused:
            _refuse(call, refused)
            return Reply(iti18.render_failure(registry_errors(refused)), action=iti18.RESPONSE_ACTION)
        return Reply(iti18.render(found, leaf_class=asked.leaf_class), action=iti18.RESPONSE_ACTION)

    async def retrieve(self, call: Call) -> Reply:
        """The documents asked for, as attachments; those that cannot be given are told in the error list."""
        vihf = read_vihf(call.envelope.header)
        vihf_patient = vihf.patient_id if vihf is not None else ""
        asked = iti43.read_requests(call.envelope.body)
        exchange = call.exchange
        wanted = [one.unique_id for one in asked]
        known = await self._store.documents(exchange.workspace, exchange.epoch, wanted, past=_past(call))
        call.magic = call.magic or magic_id(" ".join(stored.entry.title for stored in known.values()))
        trusted = await self._trust.judge(call, vihf)
        findings = [
            *real_patient(self._control, call, vihf_patient),
            *check_addressing(call.envelope.message_id),
            *check_vihf(vihf, deposit=False),
            *check_retrieval(len(asked)),
        ]
        given: list[StoredEntry] = []
        whole = [*trusted.refusing, *refusing(findings, call.strictness)]
        for one in asked if not whole else ():
            stored = known.get(one.unique_id)
            patient = patient_key(stored.entry.patient_id) if stored is not None else None
            told = list(check_retrieved(one.unique_id, one.repository, patient, vihf))
            findings += told
            if stored is not None and not refusing(told, call.strictness):
                given.append(stored)
        exchange.findings += [*trusted.findings, *findings]
        refused = [*trusted.refusing, *refusing(findings, call.strictness)]
        found = [(stored, await self._blob(stored)) for stored in given]
        await self._tell(call, vihf, vihf_patient, success=not refused, returned=len(found))
        if refused:
            _refuse(call, refused)
        body, attachments = iti43.render(found, registry_errors(refused))
        return Reply(body, action=iti43.RESPONSE_ACTION, attachments=attachments, multipart=bool(attachments))

    async def _blob(self, stored: StoredEntry) -> Blob:
        blob = await self._store.blob(stored.sha256)
        assert blob is not None, "a registered document's content is kept in the same transaction"
        return blob

    async def _tell(self, call: Call, vihf: Vihf | None, patient_id: str, *, success: bool, returned: int) -> None:
        """Commit that the record was read, or that this was refused: by a rule, or by the fault hook, which goes on."""
        injected: Exception | None = None
        try:
            await call.before_commit()
        except (SoapFault, Injected) as refusal:
            injected, success, returned = refusal, False, 0
        act = act_facts(self._control, call, vihf, patient_id=patient_id, institution=None, findings=())
        event = DmpRecordConsulted.model_validate(
            {
                **act.common(),
                "operation": call.exchange.operation,
                "success": success,
                "mode": vihf.purpose or None if vihf is not None else None,
                "returned": returned,
            }
        )
        call.exchange.events.append(await self._store.consulted(event, act))
        if injected is not None:
            raise injected


def _past(call: Call) -> datetime | None:
    """The instant as of which a fault rule wants the reading answered (D10)."""
    return call.clock.now() - timedelta(seconds=call.stale_seconds) if call.stale_seconds else None


def _refuse(call: Call, refused: Sequence[Finding]) -> None:
    """Put the refusal on record; what the live service says by a fault is raised."""
    header = about_header(refused)
    first = header or refused[0]
    call.exchange.outcome, call.exchange.code = Outcome.REFUSED, error_code([first])
    if header is not None:
        raise header_fault(header)
    if first.rule is ENTRY_UUID:
        code = ENTRY_UUID.error_code
        raise SoapFault(FaultCode.SENDER, f"{code} : {first.found}", subcode=code)
