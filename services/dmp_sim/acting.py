"""What every DMP transaction does with its caller: read the VIHF, attribute the act, refuse real patients."""

from collections.abc import Sequence

from dmp_sim.domain.check_addressing import REQUIRED
from dmp_sim.domain.facts import ActFacts
from dmp_sim.domain.forms import ins_of
from dmp_sim.domain.verdict import fault_subcode, reason
from dmp_sim.domain.vihf import Vihf
from socle.attribution import resolve_dmp
from socle.control.known import real_patient_refused
from socle.control.port import Control
from socle.rules import Finding
from socle.soap.model import WSA, Call, FaultCode, SoapFault


def act_facts(
    control: Control,
    call: Call,
    vihf: Vihf | None,
    *,
    patient_id: str,
    institution: str | None,
    findings: Sequence[str],
) -> ActFacts:
    """Who acted, about whom (as a keyed hash) and with what software; the exchange learns its establishment."""
    exchange = call.exchange
    attribution = resolve_dmp(
        control.population(exchange.workspace),
        author_institution=institution,
        struct_id_nat=vihf.structure if vihf is not None else None,
        certificate_ou=call.peer_ou,
    )
    exchange.finess = attribution.finess_eg or attribution.finess_ej
    ins = None if exchange.redacted else ins_of(patient_id)
    return ActFacts(
        exchange.workspace,
        exchange.epoch,
        exchange.id,
        call.clock.now(),
        attribution.finess_eg,
        attribution.finess_ej,
        attribution.attributed_by,
        vihf.software if vihf is not None else None,
        vihf.sector_code if vihf is not None else None,
        control.patient_ref(ins.matricule) if ins is not None else None,
        tuple(findings),
        exchange.redacted,
        call.event_delay,
    )


def real_patient(control: Control, call: Call, *patient_ids: str) -> list[Finding]:
    """D11 for consultations: a finding when one of the ids is a real person's; the exchange is redacted."""
    population = control.population(call.exchange.workspace)
    for patient_id in patient_ids:
        ins = ins_of(patient_id) if patient_id else None
        finding = real_patient_refused(ins, population, where="patientId") if ins is not None else None
        if finding is not None:
            call.exchange.redacted = True
            return [finding]
    return []


def header_fault(finding: Finding) -> SoapFault:
    """The answer to a header that is refused: no MessageID, or an unsound assertion."""
    code = fault_subcode(finding.rule)
    subcode = f"{{{WSA}}}{code}" if finding.rule is REQUIRED else code
    return SoapFault(FaultCode.SENDER, reason(finding), subcode=subcode)
