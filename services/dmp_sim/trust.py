"""Whether the caller is who he says: the certificate that opened TLS, as strictly as the workspace judges all the rest;
the VIHF's signature, signer and age, as strictly as it asks of assertions."""

from dmp_sim.domain.check_channel import check_channel
from dmp_sim.domain.check_signer import Known, check_signer
from dmp_sim.domain.check_vihf import PRESENT
from dmp_sim.domain.vihf import Vihf
from dmp_sim.wire.vihf import find_assertion
from socle.assertions.freshness import check_instants
from socle.assertions.policy import AssertionSettings, Mode
from socle.assertions.trusted import Trusted
from socle.assertions.verifier import Verifier
from socle.attribution import resolve_dmp
from socle.control.once import OncePerOptions
from socle.control.port import Control
from socle.rules import refusing
from socle.soap.model import Call


class Trust:
    """Judges certificate and VIHF of each call."""

    def __init__(self, control: Control, verifier: Verifier, settings: AssertionSettings) -> None:
        self._control = control
        self._verifier = verifier
        self._policy = OncePerOptions(settings.policy)

    async def judge(self, call: Call, vihf: Vihf | None) -> Trusted:
        """Findings about the certificate come first: a refusal is worded by the first one."""
        channel = list(check_channel(call.peer, vihf))
        told = await self._assertion(call, vihf)
        if not channel:
            return told
        return Trusted([*channel, *told.findings], [*refusing(channel, call.strictness), *told.refusing])

    async def _assertion(self, call: Call, vihf: Vihf | None) -> Trusted:
        """Nothing where the workspace verifies no assertions. An absent VIHF is told elsewhere, and refused here."""
        policy = self._policy(call.options)
        if policy.mode is Mode.OFF:
            return Trusted()
        assertion = find_assertion(call.envelope.header)
        if assertion is None or vihf is None:
            return Trusted(refusing=Trusted.of([PRESENT.finding(found="(absent)")], policy).refusing)
        judged = await self._verifier.judge(call.envelope.root, assertion, size=len(call.envelope.raw))
        findings = list(judged.findings)
        if judged.signer is not None:
            findings += check_signer(vihf, judged.signer, self._known(call, vihf))
        findings += check_instants(vihf.instants, call.clock.now(), policy)
        return Trusted.of(findings, policy)

    def _known(self, call: Call, vihf: Vihf) -> Known:
        population = self._control.population(call.exchange.workspace)
        found = resolve_dmp(population, struct_id_nat=vihf.structure)
        person = population.professional(vihf.name_id.removeprefix("8")) if len(vihf.name_id) == 12 else None
        site = population.establishment(person.finess_eg) if person is not None else None
        linked = (
            site is None
            or found.finess_eg == site.finess_eg
            or (found.finess_eg is None and found.finess_ej == site.finess_ej)
        )
        return Known(found.found, linked)
