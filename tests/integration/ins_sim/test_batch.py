"""Batch verification on the wire, on both databases: demand, result, idempotence, what is refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ins_sim.domain import rules_batch as rules
from ins_sim.wire.batch import CREATE, FETCH, NAMESPACE
from socle.events import InsiBatchCompleted
from socle.exchange import Outcome
from socle.rules import Strictness
from support.ins_batch import LINES, OUTCOMES, PIERRE, ZOE, batches, call, later, number_of, outcomes, refused, state
from support.ins_served import Insi
from support.ins_verified import claim, demand, result
from support.insi import blocks, code_of, message


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Insi]:
    async with batches(tmp_path, database) as running:
        yield running


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


async def test_a_lenient_workspace_verifies_what_is_only_ill_written(served: Insi) -> None:
    options = {"insi.batch.delay": "0"}
    await asyncio.to_thread(served.control.create_workspace, "soft", strictness=Strictness.LENIENT, options=options)
    made = await call(served, demand(LINES), "soft")
    assert outcomes(made) == [("1", "00"), ("2", "KO"), ("3", "KO"), ("10", "insi_19")]
