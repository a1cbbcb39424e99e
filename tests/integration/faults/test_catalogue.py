"""The catalogue itself: whole entries, magic values that nobody shares, ids that stay."""

import re
from pathlib import Path

import pytest

from dmp_sim.domain.magic import magic_id as dmp_magic
from ins_sim.domain.lexical import check_traits
from ins_sim.domain.magic import magic_id as insi_magic
from ins_sim.domain.model import Traits
from mss_sim.domain.magic import magic_id as mss_magic
from psc_sim.domain.magic import magic_id as psc_magic
from socle.control.fault_checks import check_rule
from socle.control.port import FaultEffect
from socle.faults.catalogue import CATALOGUE, CatalogueEntry
from socle.faults.page import page
from socle.faults.profiles import PROFILES
from support.fault_cases import FILLED, SERVICES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
IDS = Path(__file__).with_name("catalogue_ids.txt")
ENTRIES = list(CATALOGUE)
assert FILLED


def test_the_committed_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == page(CATALOGUE, PROFILES.values()), "run `make docs`"


def test_an_id_that_was_given_stays() -> None:
    """Tests of editors name them. Add new ones to the list; take none away."""
    assert [entry.id for entry in ENTRIES] == IDS.read_text("utf-8").split()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_says_all(entry: CatalogueEntry) -> None:
    for told in (entry.title_fr, entry.title_en, entry.wire, entry.client_fr, entry.client_en, entry.source):
        assert told.strip() == told
        assert len(told) > 3
    assert entry.client_fr != entry.client_en
    assert entry.title_fr != entry.title_en
    assert entry.service == SERVICES.get(entry.family)
    assert entry.family in (*SERVICES, "any")
    check_rule(entry.rule("default", "r1"))
    if entry.effect is FaultEffect.REFUSE:
        assert entry.code
        assert re.search(r"`[^`]+`", entry.wire), "what stands in the answer, byte for byte"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_its_magic_value_leads_to_it(entry: CatalogueEntry) -> None:
    assert entry.magic is not None
    assert re.fullmatch(r"(any|dmp|insi|mss|psc)\.[a-z]+(-[a-z]+)*", entry.id), (
        "letters only: INSi takes no digit in names"
    )
    dashed = entry.id.replace(".", "-")
    if entry.family in ("insi", "any"):
        traits = Traits("PANNE", [dashed.upper()], "F", "1975-12-31")
        assert list(check_traits(traits)) == [], "a name that INSi takes"
        assert insi_magic("PANNE", dashed.upper()) == entry.id
    if entry.family in ("dmp", "any"):
        assert dmp_magic(f"Lettre [socles:{entry.id}]") == entry.id
    if entry.family in ("mss", "any"):
        for place in ("helo", "login", "from", "to"):
            assert mss_magic({place: f"dr@example.fr panne.{dashed}@example.fr"}) == entry.id
        assert mss_magic({"subject": f"Bonjour [socles:{entry.id}]"}) == entry.id
    if entry.family in ("psc", "any"):
        assert psc_magic(f"panne.{dashed}") == entry.id


def test_no_two_entries_share_a_magic_value() -> None:
    values = [entry.magic for entry in ENTRIES]
    assert len(set(values)) == len(values)


def test_what_asks_for_nothing() -> None:
    assert insi_magic("DURAND", "INSI-OUTAGE") is None
    assert dmp_magic("Lettre [socles:]") is None
    assert psc_magic("panneau") is None
    assert psc_magic(None) is None
    assert mss_magic({"from": "", "to": "panneau@example.fr", "subject": "panne.mss-box-full@"}) is None
