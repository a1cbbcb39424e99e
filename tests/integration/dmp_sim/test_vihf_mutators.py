"""Valid VIHF of every profile and layout, each broken in one declared way: the answer holds exactly that rule."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from dmp_sim.domain import names
from dmp_sim.domain.query import FIND_DOCUMENTS
from socle.assertions.making.crafting import crafted
from socle.assertions.making.saml import Told
from socle.assertions.making.vihf import Profile, VihfSaid, vihf
from socle.pki.issuing import Holder
from socle.pki.kinds import Kind, Subject
from socle.rules import Strictness
from socle.xmldsig.sign import Digest, Style
from support import signed
from support.dmp_message import soap
from support.dmp_served import REGISTRY, Dmp, dmp
from support.outside import editors_authority, issued, pem_of
from support.rule_table import RuleTable
from support.vihf_mutators import MODES, MUTATORS, Mutator

PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
QUERY = (
    f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
    f'returnType="LeafClass"/><rim:AdhocQuery id="{FIND_DOCUMENTS}"><rim:Slot name="$XDSDocumentEntryStatus">'
    f"<rim:ValueList><rim:Value>('{names.APPROVED}')</rim:Value></rim:ValueList></rim:Slot></rim:AdhocQuery></q:AdhocQueryRequest>"
)


@dataclass(frozen=True, slots=True)
class Base:
    """One valid VIHF."""

    profile: Profile
    version: str
    mode_name: str
    style: Style
    prefix: str
    identifier: str


BASES = [
    Base(profile, version, mode_name, Style(digest, prefixes, last), prefix, identifier)
    for profile, version, mode_name, digest, prefixes, last, prefix, identifier in product(
        Profile,
        ("3.0", "4.0"),
        MODES,
        Digest,
        ((), ("ds", "saml2", "#default", "xsi")),
        (False, True),
        ("saml2", ""),
        ("_5f0c", "3f2b0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f"),
    )
]


def cases(each: int, seed: int) -> Iterator[tuple[Base, Mutator | None]]:
    """Each mutator on ``each`` bases, and as many bases as they are."""
    drawn = random.Random(seed)
    for mutator in MUTATORS:
        fitting = [base for base in BASES if base.profile in mutator.profiles]
        for base in drawn.sample(fitting, each):
            yield base, mutator
    for base in drawn.sample(BASES, each):
        yield base, None


class Asked:
    """A DMP that verifies strictly, in a structure that its population knows."""

    def __init__(self, served: Dmp) -> None:
        self.served = served
        site = served.control.population("default").establishments[0]
        self.said = VihfSaid(f"1{site.finess_eg}", PATIENT)

    def request(self, base: Base, mutator: Mutator | None) -> bytes:
        said = replace(self.said, profile=base.profile, version=base.version, mode_name=base.mode_name)
        block = signed.header(
            said,
            flaw=mutator.flaw if mutator else None,
            style=base.style,
            prefix=base.prefix,
            identifier=base.identifier,
            now=datetime.now(UTC),
            kind=Kind.CPS_SIGN if base.profile is Profile.DIRECTE else Kind.ORG_SIGN,
            structure=self.said.structure,
        )
        return soap("urn:ihe:iti:2007:RegistryStoredQuery", QUERY, block)

    async def told(self, raw: bytes) -> tuple[set[str], bool]:
        """The rules told of, and whether the query was answered."""
        answer = await self.served.post(REGISTRY, raw, "application/soap+xml", "strict")
        return {finding.rule.id for finding in self.served.journal.exchanges[-1].findings}, answer.accepted

    async def check(self, base: Base, mutator: Mutator | None) -> str | None:
        """What is not as declared."""
        told, accepted = await self.told(await asyncio.to_thread(self.request, base, mutator))
        rule = mutator.rule if mutator else None
        if (told, accepted) != ({rule} - {None}, rule is None or (mutator is not None and mutator.warns)):
            return f"{mutator.name if mutator else 'valid'} on {base}: {told}, accepted: {accepted}"
        return None

    def elsewhere(self) -> Iterator[tuple[str, str, bytes]]:
        """What needs another signer or structure than a mutator's: name, rule, request."""
        population = self.served.control.population("default")
        guest = next(one for one in population.professionals if f"1{one.finess_eg}" != self.said.structure)
        direct = replace(self.said, profile=Profile.DIRECTE, name_id=f"8{guest.rpps}")
        yield "a card of another structure", "dmp.signer.linked", self.query(direct, Kind.CPS_SIGN)
        unknown = replace(self.said, structure="1999999999")
        yield "an unknown structure", "dmp.signer.known-structure", self.query(unknown, Kind.ORG_SIGN)
        signed.pki().outside.add(pem_of(editors_authority()))
        signer = issued(editors_authority(), Kind.ORG_SIGN, Subject(structure=self.said.structure))
        yield "an added authority's", "assertion.certificate.outside", self.query(self.said, Kind.ORG_SIGN, signer)

    def query(self, said: VihfSaid, kind: Kind, signer: Holder | None = None) -> bytes:
        subject = Subject(structure=said.structure, national_id=said.name_id)
        signer, told = signer or signed.holder(kind, subject=subject), Told("_5f0c", datetime.now(UTC))
        return soap("urn:ihe:iti:2007:RegistryStoredQuery", QUERY, crafted(lambda one: vihf(one, said), told, signer))


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authorities are made once for all tests."""
    signed.pki()
    monkeypatch.setenv("SOCLES_PKI_DIR", str(signed.pki_folder()))


@pytest.fixture
async def asked(chain: None, tmp_path: Path) -> AsyncIterator[Asked]:
    async with dmp(tmp_path) as served:
        await served.workspace("strict", Strictness.OFFICIAL, assertions="strict")
        yield Asked(served)


async def test_each_rule_of_assertions_is_broken_alone_and_satisfied(
    asked: Asked, record_property: Callable[[str, object], None]
) -> None:
    table = RuleTable("DMP, assertions")
    for base, mutator in cases(1, seed=1):
        raw = await asyncio.to_thread(asked.request, base, mutator)
        told, accepted = await asked.told(raw)
        name = f"{mutator.name if mutator else 'valid'}, {base.profile}"
        table.case(name, told, mutator and mutator.rule)
        assert accepted is (mutator is None or mutator.rule is None or mutator.warns), name
    for name, rule, raw in await asyncio.to_thread(lambda: list(asked.elsewhere())):
        table.case(name, (await asked.told(raw))[0], rule)
    table.close(record_property)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_thousand_mutated_assertions_break_the_declared_rule_alone(asked: Asked) -> None:
    drawn = list(cases(24, seed=2026))
    assert len(drawn) >= 2000
    assert [told for base, mutator in drawn if (told := await asked.check(base, mutator)) is not None] == []
