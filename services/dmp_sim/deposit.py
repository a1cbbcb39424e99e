"""The way of a deposit (TD2.1, ITI-41): parse → check → decide → commit state and events → answer."""

from contextlib import suppress
from dataclasses import replace

from dmp_sim.acting import act_facts, header_fault
from dmp_sim.domain.check_addressing import check_addressing
from dmp_sim.domain.facts import ActFacts, finding_ids
from dmp_sim.domain.forms import ins_of, xon
from dmp_sim.domain.model import Deposit
from dmp_sim.domain.verdict import about_header, check_deposit, check_patients, error_code, registry_errors
from dmp_sim.domain.vihf import Vihf
from dmp_sim.lots import Lots
from dmp_sim.store import DmpStore
from dmp_sim.trust import Trust
from dmp_sim.wire import iti41
from dmp_sim.wire.matched import of_deposit
from dmp_sim.wire.response import SUCCESS_BODY, failure
from dmp_sim.wire.vihf import read_vihf
from socle.assertions.trusted import Trusted
from socle.control.known import real_patient_refused
from socle.control.port import Control
from socle.exchange import Outcome
from socle.rules import Finding, refusing
from socle.soap.injection import Injected
from socle.soap.model import Call, Operation, Reply, SoapFault


class Deposits:
    """ITI-41 on /repository."""

    def __init__(self, store: DmpStore, control: Control, trust: Trust, lots: Lots) -> None:
        self._store = store
        self._control = control
        self._trust = trust
        self._lots = lots

    @property
    def operation(self) -> Operation:
        """As the endpoint dispatches it."""
        return Operation(
            "iti41", frozenset({iti41.BODY}), self.provide_and_register, iti41.ACTIONS, of_deposit, self.guard
        )

    async def provide_and_register(self, call: Call) -> Reply:
        """Success or Failure; a refused VIHF raises ``SoapFault``. The events are committed either way."""
        vihf = read_vihf(call.envelope.header)
        deposit = await iti41.read_deposit(call)
        trusted = await self._trust.judge(call, vihf)
        checked = self._check(call, deposit, vihf)
        lot = Trusted() if call.exchange.redacted else await self._lots.judge(call, deposit, vihf)
        findings = [*trusted.findings, *checked, *lot.findings]
        call.exchange.findings += findings
        act = self._act(call, deposit, vihf, findings)
        refused = [*trusted.refusing, *refusing(checked, call.strictness), *lot.refusing]
        try:
            await call.before_commit()
        except (SoapFault, Injected):
            code = call.exchange.code or "injected"
            call.exchange.events += await self._store.refuse(deposit, act, code)
            raise
        if call.event_delay:
            act = replace(act, event_delay=call.event_delay)
        if refused:
            return await self._refuse(call, deposit, act, refused)
        committed = await self._store.register(deposit, act)
        call.exchange.events += committed.events
        call.exchange.stored = committed.stored
        if committed.refused:
            call.exchange.findings += committed.refused
            return _failed(call, committed.refused)
        return Reply(SUCCESS_BODY, action=iti41.RESPONSE_ACTION)

    async def guard(self, call: Call) -> None:
        """D11 for a deposit that a fault rule ended: only whether its patient may be a real one."""
        with suppress(SoapFault):  # what cannot be read tells of nobody
            self._check(call, await iti41.read_deposit(call), read_vihf(call.envelope.header))

    def _check(self, call: Call, deposit: Deposit, vihf: Vihf | None) -> list[Finding]:
        exchange = call.exchange
        population = self._control.population(exchange.workspace)
        patient_id = deposit.submission_sets[0].patient_id if deposit.submission_sets else ""
        ins = ins_of(patient_id)
        person = population.person_by_ins(ins.matricule) if ins is not None else None
        patients = check_patients(
            deposit,
            vihf,
            refuse_real=lambda one, where: real_patient_refused(one, population, where=where),
            record=person.dmp if person is not None else None,
        )
        exchange.redacted = any(finding.rule.structural for finding in patients)
        findings = patients
        if not exchange.redacted:
            findings = [*check_addressing(call.envelope.message_id), *check_deposit(deposit, vihf), *patients]
        exchange.subject = next((one.unique_id for one in deposit.entries if not one.is_signature), None)
        return findings

    def _act(self, call: Call, deposit: Deposit, vihf: Vihf | None, findings: list[Finding]) -> ActFacts:
        lots = deposit.submission_sets
        institutions = [text for lot in lots for author in lot.authors for text in author.institutions]
        return act_facts(
            self._control,
            call,
            vihf,
            patient_id=lots[0].patient_id if lots else "",
            institution=xon(institutions[0]).id if institutions else None,
            findings=finding_ids(findings),
        )

    async def _refuse(self, call: Call, deposit: Deposit, act: ActFacts, refused: list[Finding]) -> Reply:
        header = about_header(refused)
        code = error_code([header] if header is not None else refused)
        call.exchange.events += await self._store.refuse(deposit, act, code)
        if header is not None:
            call.exchange.outcome, call.exchange.code = Outcome.REFUSED, code
            raise header_fault(header)
        return _failed(call, refused)


def _failed(call: Call, refused: list[Finding]) -> Reply:
    call.exchange.outcome, call.exchange.code = Outcome.REFUSED, error_code(refused)
    return Reply(failure(registry_errors(refused)), action=iti41.RESPONSE_ACTION)
