"""Whom INSi answers like, by workspace and by call; and what the journal tells of the real service."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from lxml import etree

from ins_sim.domain import rules, rules_call
from ins_sim.domain.policy import Behaviour, Unknown
from ins_sim.settings import InsSettings
from socle.exchange import RealVerdict
from socle.rules import Strictness
from support.ins_served import Insi, insi
from support.insi import assertion, blocks, body, code_of, message, zoe

QUALIFICATION = {"insi.behaviour": "qualification-2026"}
PER_CALL = {"X-Socles-Behaviour": "qualification-2026"}
NOBODY = message(body("DE VINCI", ["RUTH"], "F", "1976-07-14"))
NIA = message(body("PROVISOIRE", ["MATRICULE"], "M", "2009-07-01"))
HISTORY = message(body("ECETINSI", ["PIERRE-ALAIN"], "M", "2009-07-14"))
SEVERAL = message(body("DE VINCI", ["LEONARDO"], "M", "2014-02-01"))


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Insi]:
    async with insi(tmp_path) as running:
        for name, options in {
            "seen": QUALIFICATION,
            "finer": QUALIFICATION | {"insi.unknown": "desir_1020"},
            "book": QUALIFICATION | {"insi.unknown": "01"},
        }.items():
            await asyncio.to_thread(running.control.create_workspace, name, options=options)
        yield running


def histories(raw: bytes) -> list[str]:
    return [one.findtext("{*}IdIndividu/{*}NumIdentifiant") or "" for one in etree.fromstring(raw).iter("{*}INSHISTO")]


async def test_every_documented_difference(served: Insi) -> None:
    async def seen(raw: bytes) -> bytes:
        """The same answer by call and by workspace."""
        by_call = await served.call(raw, more=PER_CALL)
        by_workspace = await served.call(raw, workspace="seen")
        assert by_call.content == by_workspace.content
        return by_call.content

    for raw, book, qualification in (
        (NOBODY, "01", "insi_102"),
        (message(body("TCHITCHI", ["OLA"], "F", "1936-06-21")), "01", "insi_102"),
        (NIA, "00", "insi_102"),
        (message(zoe()), "00", "00"),
        (SEVERAL, "02", "02"),
        (message(body("HERMANN", ["GATIEN"], "M", "1981-03-24")), "00", "00"),
        (message(body("ADRUN", ["Zoé"], "F", "1975-12-31")), "socles_201", "socles_201"),
    ):
        assert code_of((await served.call(raw)).content) == book
        assert code_of(await seen(raw)) == qualification
    assert histories((await served.call(HISTORY)).content) == ["2090763220834", "2090663220123"]
    assert histories(await seen(HISTORY)) == ["2090763220834"]


async def test_a_finer_switch_goes_before_the_behaviour(served: Insi) -> None:
    assert code_of((await served.call(NOBODY, workspace="finer")).content) == "desir_1020"
    assert code_of((await served.call(NOBODY, workspace="book")).content) == "01"
    assert code_of((await served.call(NIA, workspace="book")).content) == "insi_102"


async def test_a_call_goes_before_its_workspace(served: Insi) -> None:
    more = {"X-Socles-Behaviour": "test-book"}
    assert code_of((await served.call(NOBODY, workspace="seen", more=more)).content) == "01"


async def test_an_unknown_behaviour_is_refused_and_an_unreadable_option_told(served: Insi) -> None:
    answer = await served.call(message(zoe()), more={"X-Socles-Behaviour": "qualification"})
    assert (answer.status_code, code_of(answer.content)) == (500, "socles_221")
    (finding,) = served.last.findings
    assert (finding.rule, finding.found) == (rules_call.BEHAVIOUR, "qualification")
    options = {"insi.behaviour": "qualif", "insi.unknown": "03", "insi.dialect": "b"}
    await asyncio.to_thread(served.control.create_workspace, "typo", options=options, strictness=Strictness.OFFICIAL)
    assert code_of((await served.call(NOBODY, workspace="typo")).content) == "01"
    assert [(one.rule, one.where) for one in served.last.findings] == [
        (rules_call.OPTION, "option insi.behaviour"),
        (rules_call.OPTION, "option insi.unknown"),
    ]


def test_the_settings_are_the_installations_default() -> None:
    def policy(options: Mapping[str, str] | None = None, **settings: str) -> tuple[str, str]:
        made = InsSettings.model_validate(settings).policy(options or {}, Strictness.OFFICIAL)
        return made.behaviour, made.unknown

    assert policy() == (Behaviour.TEST_BOOK, Unknown.NONE)
    assert policy(behaviour="qualification-2026") == (Behaviour.QUALIFICATION, Unknown.TECHNICAL)
    assert policy(behaviour="qualification-2026", unknown="desir_1020")[1] == Unknown.UNAVAILABLE
    assert policy({"insi.behaviour": "Test-Book"}, behaviour="qualification-2026")[0] == Behaviour.TEST_BOOK


REAL = (
    (message(zoe()), RealVerdict.ACCEPTED, None, "accepté ce message."),
    (message(zoe(), blocks(lps_version="1.00.00")), RealVerdict.ACCEPTED, None, "il tolère"),
    (message(zoe(), blocks(message_id="1f7425e2")), RealVerdict.ACCEPTED, None, "il tolère"),
    (message(body("ADRUN", ["ZOE"], "F", "1975-00-00")), RealVerdict.ACCEPTED, None, "insi_102"),
    (message(zoe(), blocks(idam="FAKE-IDAM")), RealVerdict.REFUSED, "desir_550", "avec desir_550"),
    (message(body(None, ["ZOE"], "F", "1975-12-31")), RealVerdict.REFUSED, "insi_19", "avec insi_19"),
    (message(body("Adrun", ["ZOE"], "F", "1975-12-31")), RealVerdict.REFUSED, None, "un code inconnu"),
    (message(zoe(), blocks(coverage="")), RealVerdict.UNKNOWN, None, "insi.context.coverage"),
    (message("<a/>"), RealVerdict.UNKNOWN, None, "insi.body.root"),
    (NOBODY, RealVerdict.ACCEPTED, None, "insi_102 ou desir_1020"),
    (NIA, RealVerdict.ACCEPTED, None, "faute technique"),
)


async def test_the_journal_tells_what_the_real_service_would_have_done(served: Insi) -> None:
    for raw, verdict, code, said in REAL:
        await served.call(raw)
        told = served.last.official
        assert told is not None
        assert (told.verdict, told.code) == (verdict, code)
        assert said in told.fr
        assert told.en
        assert ("n'a pas été vérifié" in told.fr) is (verdict is RealVerdict.ACCEPTED)


async def test_who_calls_counts_where_it_is_verified_and_the_sandboxs_own_options_never(served: Insi) -> None:
    options = {"assertions": "warn", "insi.unknown": "02"}
    await asyncio.to_thread(served.control.create_workspace, "looked", options=options)
    for security, said in ((assertion("PSC", "010000002"), "accepté ce message."), ("", "insi.assertion.absent")):
        await served.call(message(zoe(), blocks(security=security)), workspace="looked")
        assert rules_call.OPTION in [one.rule for one in served.last.findings]
        assert served.last.official is not None
        assert served.last.official.fr.endswith(f"{said.removesuffix('.')}.")


async def test_a_lenient_workspace_answers_what_the_real_service_would_refuse(served: Insi) -> None:
    await asyncio.to_thread(served.control.create_workspace, "soft", strictness=Strictness.LENIENT)
    assert code_of((await served.call(message(zoe(), blocks(idam="FAKE-IDAM")), workspace="soft")).content) == "00"
    assert served.last.official is not None
    assert served.last.official.code == "desir_550"
    kept = await asyncio.to_thread(served.journal.get, served.last.id)
    assert kept is not None
    assert kept["official"]["verdict"] == "refused"
    assert [one["official"] for one in kept["findings"]] == ["refuses"]
    assert kept["rules"] == [rules.IDAM.id]
