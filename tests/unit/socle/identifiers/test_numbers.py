"""Numbers of persons in texts: what is found, under which OID, and what is left alone."""

import time

import pytest

from socle.identifiers.ins import OID_NIA, OID_NIR, OID_TEST, Ins, make_ins
from socle.identifiers.numbers import in_message, in_prose

SOMEBODY = make_ins(sex="M", year=1985, month=5, place="78006", order=84, oid=OID_NIR)
CORSICAN = make_ins(sex="F", year=1990, month=12, place="2A004", order=7, oid=OID_NIR)
V, M = SOMEBODY.value, SOMEBODY.matricule
GROUPS = f"{V[0]} {V[1:3]} {V[3:5]} {V[5:7]} {V[7:10]} {V[10:13]} {V[13:]}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"<a>{V}</a>", {SOMEBODY}),
        (f"<Num>{M}</Num><Cle>{V[13:]}</Cle>", {SOMEBODY}),
        (f"<NIR num='{M}'/>", {SOMEBODY}),
        (f"pas du XML : {CORSICAN.value}, {V}.", {SOMEBODY, CORSICAN}),
        (f"{V}^^^&amp;{OID_NIA}&amp;ISO^NH", {Ins(M, V[13:], OID_NIA)}),
        (f'<id extension="{V}" root="{OID_TEST}"/>', {Ins(M, V[13:], OID_TEST)}),
        (f'<id root="{OID_TEST}" extension="{V}"/>', {Ins(M, V[13:], OID_TEST)}),
        (f"{V}^^^&{OID_TEST}&ISO {CORSICAN.value}^^^&{OID_NIR}&ISO", {Ins(M, V[13:], OID_TEST), CORSICAN}),
        (f"1.2.250.{V} x{V} {V}7 0{V} 9-{V} {V}-7 1764549792000 à 06 12 34 56 78", set()),
        (f"{M} seul dans un texte", set()),
    ],
)
def test_numbers_of_a_message(text: str, found: set[Ins]) -> None:
    assert set(in_message(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        f"INS : {V}",
        f"N° de sécurité sociale : {M} {V[13:]}",
        f"matricule {V}",
        f"Patient : {GROUPS}",
        f"Patient : {GROUPS.replace(' ', chr(0xA0))}",
        f"{V}^^^&{OID_NIR}&ISO^NH",
    ],
)
def test_numbers_that_a_text_names(text: str) -> None:
    assert set(in_prose(text)) == {SOMEBODY}


@pytest.mark.parametrize(
    "text",
    [
        "Tél. 01 23 45 67 89, +33 6 12 34 56 78, 0033612345678",
        f"Référence du dossier : {V}",
        f"Facture {V} du 12/05/2026, insuffisance rénale",
        f"INS de test {V} ({OID_TEST})",
        f"INS de test {GROUPS} ({OID_TEST})",
        f"L'INS vient d'INSi.{' ' * 80}{V}",
        "IBAN FR76 3000 6000 0112 3456 7890 189",
    ],
)
def test_what_a_text_may_hold(text: str) -> None:
    assert list(in_prose(text)) == []


@pytest.mark.parametrize("at", [65_530, 131_060, 65_536 + 200])
def test_a_number_across_two_searches_is_found_with_what_is_beside_it(at: int) -> None:
    text = f"{'x' * at} INS {V}^^^&{OID_NIR}&ISO {'y' * 70_000}"
    assert set(in_prose(text)) == set(in_message(text)) == {SOMEBODY}


@pytest.mark.parametrize("text", [" " * 40, '>"' + " " * 39, "1 23 05 78 ", "123057800608 "])
def test_the_search_is_linear(text: str) -> None:
    """A megabyte takes some hundredths of a second; what is not linear would take hours."""
    started = time.perf_counter()
    long = text * (1_000_000 // len(text))
    assert (list(in_message(long)), list(in_prose(long))) == ([], [])
    assert time.perf_counter() - started < 20
