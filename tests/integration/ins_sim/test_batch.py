"""Batch verification on the wire, on both databases: demand, result, limits, idempotence, what is kept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from lxml import etree
from sqlalchemy import select

from ins_sim.domain import rules_batch as rules
from ins_sim.domain.batch import TOLD
from ins_sim.store import METADATA, MIGRATIONS
from ins_sim.tables import DEMAND
from ins_sim.wire.batch import CREATE, FETCH, NAMESPACE
from socle.archive.whole import Archives
from socle.control.known import NOT_FICTITIOUS
from socle.control.population.published import published
from socle.events import InsiBatchCompleted
from socle.exchange import Outcome
from socle.identifiers.ins import OID_NIR, make_ins
from socle.rules import Strictness
from socle.soap.limits import DEFAULT_LIMITS
from socle.sweep.scopes import drop, scopes
from support.ins_kept import everything_kept
from support.ins_served import Insi, insi
from support.ins_verified import claim, demand, result
from support.insi import blocks, code_of, message

ZOE, PIERRE = (one.person for one in published() if one.person.id in ("insi-adrun", "insi-ecetinsi"))
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LINES = [
    ("1", claim(ZOE)),
    ("2", claim(PIERRE, sex="F")),
    ("3", claim(PIERRE, name="Ecetinsi")),
    ("10", claim(PIERRE, oid=None)),
]
OUTCOMES = [("1", "00"), ("2", "KO"), ("3", "socles_201"), ("10", "insi_19")]


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Insi]:
    async with insi(tmp_path, database=database) as running:
        for name, options in {
            "default": {},
            "small": {"insi.batch.lines": "3", "insi.batch.delay": "0", "insi.batch.keep": "10"},
            "other": {},
        }.items():
            if name != "default":
                await asyncio.to_thread(running.control.create_workspace, name, options=options)
            await asyncio.to_thread(running.control.freeze_clock, name, NOON)
        yield running


async def call(served: Insi, raw: bytes, workspace: str = "default") -> etree._Element:
    """DEMANDE of the answer."""
    answer = await send(served, raw, workspace)
    assert answer.status_code == 200
    found = etree.fromstring(answer.content).find(f".//{{{NAMESPACE}}}DEMANDE")
    assert found is not None
    assert found.findtext("{*}CR/{*}CodeCR") == "00"
    return found


async def send(served: Insi, raw: bytes, workspace: str = "default") -> httpx.Response:
    return await served.call(raw, workspace=workspace, content_type="application/soap+xml")


async def refused(served: Insi, raw: bytes, workspace: str = "default") -> str:
    answer = await send(served, raw, workspace)
    assert answer.status_code == 500
    assert served.last.outcome is Outcome.REFUSED
    return code_of(answer.content)


async def later(served: Insi, seconds: int, workspace: str = "default") -> None:
    await asyncio.to_thread(served.control.advance_clock, workspace, timedelta(seconds=seconds))


def number_of(made: etree._Element) -> str:
    return made.findtext("{*}NumeroDemande") or ""


def state(made: etree._Element) -> str:
    return made.findtext("{*}Etat") or ""


def outcomes(made: etree._Element) -> Sequence[tuple[str | None, str | None]]:
    return [(line.get("Rang"), line.findtext("{*}CR/{*}CodeCR")) for line in made.iter("{*}LIGNE")]


async def test_a_demand_its_result_and_its_end(served: Insi) -> None:
    made = await call(served, demand(LINES))
    assert (state(made), outcomes(made), made.findtext("{*}Lignes")) == ("EN_COURS", [], "4")
    assert made.findtext("{*}DisponibleLe") == "2026-03-04T12:01:00Z"
    assert made.findtext("{*}ExpireLe") == "2026-03-11T12:01:00Z"
    ask = result(number_of(made))
    await later(served, 59)
    assert state(await call(served, ask)) == "EN_COURS"
    await later(served, 1)
    for _ in range(2):
        ready = await call(served, ask)
        assert (state(ready), outcomes(ready)) == ("PRETE", OUTCOMES)
    labels = [one.text for one in ready.iter("{*}LibelleCR")]
    assert labels == [
        "OK",
        "OK",
        "Identite non verifiee",
        "Minuscules dans un nom (NomNaissance)",
        "Le champ OID est obligatoire",
    ]
    await later(served, 7 * 86400)
    ended = await call(served, ask)
    assert (state(ended), outcomes(ended), ended.findtext("{*}Lignes")) == ("EXPIREE", [], "4")
    await call(served, demand(LINES, "d-2"))  # making another one forgets the outcomes …
    assert state(await call(served, ask)) == "EXPIREE"
    await later(served, 7 * 86400)
    await call(served, demand(LINES, "d-3"))  # … and, later on, the demand
    assert await refused(served, ask) == "socles_255"


async def test_the_journal_tells_each_line_and_an_event_each_call(served: Insi) -> None:
    made = await call(served, demand(LINES))
    created = served.last
    assert (created.operation, created.outcome, created.code) == (CREATE, Outcome.ACCEPTED, "00")
    assert [(one.rule.id, one.where) for one in created.findings] == [
        ("insi.verification.sex.differs", "CREERDEMANDE/LIGNE[2]/IndividuVerifie/TraitsIdentiteIndividu/Sexe"),
        ("insi.name.lower-case", "CREERDEMANDE/LIGNE[3]/IndividuVerifie/TraitsIdentiteIndividu/NomNaissance"),
        ("insi.verification.missing", "CREERDEMANDE/LIGNE[4]/IndividuVerifie/INSFourni/OID"),
    ]
    await call(served, result(number_of(made)))
    await refused(served, result("nobody's"))
    found = {event.exchange_id: event for event in await served.events(3)}
    told = [found[one.id] for one in served.journal.exchanges]
    assert all(isinstance(one, InsiBatchCompleted) for one in told)
    assert [(one.operation, one.outcome) for one in told] == [(CREATE, "00"), (FETCH, "00"), (FETCH, "socles_255")]
    assert told[2].findings == (rules.UNKNOWN_DEMAND.id,)


async def test_the_same_demand_is_made_once(served: Insi) -> None:
    answers = await asyncio.gather(*(call(served, demand(LINES)) for _ in range(8)))
    assert len({number_of(one) for one in answers}) == 1
    await later(served, 60)
    again = await call(served, demand(LINES))
    assert (number_of(again), state(again)) == (number_of(answers[0]), "PRETE")
    assert number_of(await call(served, demand(LINES, "d-2"))) != number_of(again)
    for other in (LINES[:-1], [*LINES[:-1], ("11", LINES[-1][1])], [("1", claim(ZOE, place=None)), *LINES[1:]]):
        assert await refused(served, demand(other)) == "socles_254"
        assert served.last.findings[-1].rule is rules.OTHER_CONTENT


async def test_demands_belong_to_their_workspace_and_epoch(served: Insi) -> None:
    number = number_of(await call(served, demand(LINES)))
    assert await refused(served, result(number), "other") == "socles_255"
    assert number_of(await call(served, demand(LINES), "other")) != number
    await asyncio.to_thread(served.control.reset_workspace, "default")
    assert await refused(served, result(number)) == "socles_255"


async def test_limits_are_the_workspaces(served: Insi) -> None:
    assert await refused(served, demand(LINES), "small") == "socles_251"
    answer = await send(served, demand(LINES), "small")
    assert "Trop de lignes pour une demande : 4, 3 au plus" in answer.text
    made = await call(served, demand(LINES[:3]), "small")
    assert (state(made), outcomes(made)) == ("PRETE", OUTCOMES[:3])
    await later(served, 10, "small")
    assert state(await call(served, result(number_of(made)), "small")) == "EXPIREE"


async def test_a_workspace_has_so_many_demands_at_a_time(served: Insi) -> None:
    options = {"insi.batch.demands": "2", "insi.batch.delay": "0", "insi.batch.keep": "10"}
    await asyncio.to_thread(served.control.create_workspace, "full", options=options)
    await asyncio.to_thread(served.control.freeze_clock, "full", NOON)
    first = number_of(await call(served, demand(LINES, "d-1"), "full"))
    answers = await asyncio.gather(*(send(served, demand(LINES, f"d-{rank}"), "full") for rank in range(2, 7)))
    assert sorted(answer.status_code for answer in answers) == [200, 500, 500, 500, 500]
    refusal = next(answer for answer in answers if answer.status_code == 500)
    assert code_of(refusal.content) == "socles_256"
    assert "Trop de demandes dans cet espace : 3, 2 au plus" in refusal.text
    assert number_of(await call(served, demand(LINES, "d-1"), "full")) == first
    await call(served, demand(LINES, "d-7"))  # another workspace has its own
    await later(served, 10, "full")
    assert number_of(await call(served, demand(LINES, "d-8"), "full")) != first


async def test_what_expired_goes_by_itself(
    tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCLES_CONTROL_SWEEP_SECONDS", "0.05")

    async def until(served: Insi, kept: list[bool]) -> None:
        """The demands left, as whether their outcomes are."""
        store = served.ground.open_store("ins_sim", METADATA, MIGRATIONS)
        query = select(DEMAND.c.outcomes.is_not(None)).order_by(DEMAND.c.number)
        async with asyncio.timeout(20):
            while await store.read(lambda link: list(link.execute(query).scalars())) != kept:
                await asyncio.sleep(0.02)

    async with insi(tmp_path, database=database) as served:
        await asyncio.to_thread(served.control.freeze_clock, "default", NOON)
        await call(served, demand(LINES, "d-1"))
        await later(served, 60)
        await call(served, demand(LINES, "d-2"))
        await later(served, 7 * 86400)
        await until(served, [False, True])
        await later(served, 7 * 86400)
        await until(served, [False])
        await later(served, 60)
        await until(served, [])


BAD = (
    (demand([]), "socles_252"),
    (demand(LINES, None), "socles_250"),
    (demand(LINES, "né le 1er"), "socles_250"),
    (demand(LINES, "x" * 65), "socles_250"),
    (demand([("1", claim(ZOE)), ("1", claim(PIERRE))]), "socles_253"),
    (demand([("0", claim(ZOE))]), "socles_253"),
    (demand([("", claim(ZOE))]), "socles_253"),
    (demand([("1090763220834", claim(ZOE))]), "socles_253"),
    (demand(LINES, idam="FAKE-IDAM"), "desir_550"),
)


async def test_a_bad_demand_is_refused_as_a_whole(served: Insi) -> None:
    for raw, code in BAD:
        assert await refused(served, raw) == code


async def test_another_body_under_our_action_is_refused(served: Insi) -> None:
    for name in (CREATE, FETCH):
        kind = f'application/soap+xml; action="{NAMESPACE}:{name}"'
        answer = await served.call(message("<a/>", blocks() | {"action": ""}), content_type=kind)
        assert code_of(answer.content) == "socles_200"


async def test_one_number_that_may_be_real_refuses_the_demand(
    served: Insi, tmp_path: Path, database: str | None
) -> None:
    stranger = make_ins(sex="M", year=1985, month=5, place="78006", order=84, oid=OID_NIR)
    line = ("5", claim(ZOE, number=stranger.matricule, key=stranger.key))
    assert await refused(served, demand([*LINES, line])) == "socles_240"
    assert served.last.redacted
    assert [(one.rule, one.where) for one in served.last.findings] == [
        (NOT_FICTITIOUS, "CREERDEMANDE/LIGNE[5]/IndividuVerifie/INSFourni")
    ]
    await call(served, demand(LINES))
    await served.events(2)
    kept = await asyncio.to_thread(everything_kept, tmp_path, database)
    assert b"socles_201" in kept
    for secret in (stranger.matricule, "2751263220749", "ADRUN", "ECETINSI", "1975-12-31", "demande-1"):
        assert secret.encode() not in kept


async def test_a_lenient_workspace_verifies_what_is_only_ill_written(served: Insi) -> None:
    options = {"insi.batch.delay": "0"}
    await asyncio.to_thread(served.control.create_workspace, "soft", strictness=Strictness.LENIENT, options=options)
    made = await call(served, demand(LINES), "soft")
    assert outcomes(made) == [("1", "00"), ("2", "KO"), ("3", "KO"), ("10", "insi_19")]


async def test_a_large_demand_is_decided_beside_the_loop_and_told_in_part(served: Insi) -> None:
    many = [(str(rank), claim(ZOE, sex="M")) for rank in range(1, 501)]
    raw = demand(many).replace(b"<b:IdDemande>", b"<!--" + b"x" * 100_000 + b"--><b:IdDemande>")
    assert len(raw) > DEFAULT_LIMITS.offload_above
    made = await call(served, raw)
    assert made.findtext("{*}Lignes") == "500"
    told = served.last.findings
    assert (len(told), told[-1].rule, told[-1].found) == (TOLD + 1, rules.MORE, "400")
    await later(served, 60)
    assert outcomes(await call(served, result(number_of(made)))) == [(rank, "KO") for rank, _ in many]
    assert await refused(served, demand([*many, ("501", claim(ZOE))], "d-2")) == "socles_251"


async def test_a_demand_goes_with_its_workspace_into_an_archive_and_out_of_the_database(
    served: Insi, tmp_path: Path
) -> None:
    number = number_of(await call(served, demand(LINES)))
    archives = Archives(served.ground, "test")
    package = tmp_path / "made" / "default.zip"
    package.parent.mkdir()
    await archives.make("default", package)
    await archives.restore("restored", package)
    await later(served, 60, "restored")
    assert outcomes(await call(served, result(number), "restored")) == OUTCOMES
    assert number_of(await call(served, demand(LINES), "restored")) == number
    store = served.ground.open_store("ins_sim", METADATA, MIGRATIONS)
    epochs = {scope.workspace: scope for scope in await store.read(lambda connection: scopes(connection, METADATA))}
    assert epochs.keys() == {"default", "restored"}
    assert await store.write(lambda uow: drop(uow, METADATA, epochs["restored"], 10)) == 1
    assert await refused(served, result(number), "restored") == "socles_255"
    assert state(await call(served, result(number))) == "EN_COURS"
