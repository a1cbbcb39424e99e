"""Whatever comes in: a verdict, never an accident; and what is written is read back, whoever it is about."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from socle.control.model import InsNumber, Person
from socle.control.population.codec import Items
from socle.control.population.index import PopulationIndex
from socle.identifiers.ins import INS_OIDS, make_ins
from socle.identities import table
from socle.identities.alphabet import GIVEN_NAME, transliterated
from socle.identities.cda import record_target
from socle.identities.checking import check
from socle.identities.datamatrix import rules
from socle.identities.datamatrix.payload import payload
from socle.identities.datamatrix.reading import read as read_matrix
from socle.identities.fhir.reading import read as read_fhir
from socle.identities.fhir.writing import patient
from socle.identities.hl7 import pid
from socle.identities.problem import NotTaken

CALM = settings(max_examples=60, deadline=None)
NOBODY = PopulationIndex(Items(), str)
HEAD = "id;nom;prenoms;sexe;date_naissance;cog;matricule;cle;oid;historique;connu_insi;dmp;note\n"


@st.composite
def persons(draw: st.DrawFn) -> Person:
    sex = draw(st.sampled_from("MF"))
    born = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    place = draw(st.sampled_from(["63220", "2A004", "2B033", "97411", "99350", "99999"]))
    number = make_ins(
        sex=sex,
        year=born.year,
        month=born.month,
        place=place,
        order=draw(st.integers(900, 999)),
        oid=draw(st.sampled_from(sorted(INS_OIDS))),
        provisional=draw(st.booleans()),
    )
    return Person(
        id=draw(st.from_regex(r"[A-Za-z0-9.-]{1,60}", fullmatch=True)),
        birth_name=draw(st.from_regex(r"'?[A-Z]{1,9}((--?|[' ])[A-Z]{1,9}){0,5}", fullmatch=True)),
        given_names=tuple(
            draw(st.lists(st.from_regex(r"[A-Z]{1,12}(-[A-Z]{1,12})?", fullmatch=True), min_size=1, max_size=3))
        ),
        sex=sex,
        birth_date=born,
        birth_place=draw(st.sampled_from([place, None])),
        ins=InsNumber(number.matricule, number.key, number.oid),
        note=draw(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)),
    )


@CALM
@given(persons())
def test_any_person_comes_back_from_csv_fhir_and_datamatrix(person: Person) -> None:
    (row,) = table.read(b"".join(table.write([person]))).drafts
    assert row.person == person
    (draft,) = read_fhir(json.dumps(patient(person)).encode()).drafts
    assert draft.person == replace(person, note="")
    found = read_matrix(payload(person))
    assert {finding.rule for finding in found.findings} <= {rules.TEST}
    assert (found.values["S3"], found.values["S4"]) == (" ".join(person.given_names), person.birth_name)
    assert pid(person).count("|") == 32
    assert record_target(person).startswith("<recordTarget")


@CALM
@given(st.text(max_size=200))
def test_no_content_of_a_datamatrix_is_an_accident(text: str) -> None:
    assert read_matrix(text).findings
    read_matrix(f"IS010000000000000000000000S1{text}")


@CALM
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{HEAD}{text}".encode()))
def test_no_csv_is_an_accident(data: bytes) -> None:
    with suppress(NotTaken):
        found = table.read(data, transliterate=True)
        assert found.drafts or found.problems
        check(found.drafts, NOBODY, date(2026, 1, 1))


_CELL = st.sampled_from(["", "a", "DUPONT", "M", "1980-02-01", "279035121518989", "8", "x|y z/", "oui", "open", "\x1f"])


@CALM
@given(st.lists(_CELL, min_size=13, max_size=13))
def test_no_line_of_a_csv_is_an_accident(cells: list[str]) -> None:
    found = table.read(f"{HEAD}{';'.join(cells)}\n;A;B;F;1980-02-01;;;;;;;;\n".encode())
    check(found.drafts, NOBODY, date(2026, 1, 1), any_key=True)
    assert found.drafts


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["official", "old", "male"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_MEMBERS = st.sampled_from(["id", "name", "identifier", "gender", "birthDate", "extension"])
_RIGHT = patient(
    Person(
        "a",
        "DUPONT",
        ("ZOE",),
        "F",
        date(1980, 2, 1),
        "63220",
        InsNumber("2800263220901", None, "1.2.250.1.213.1.4.10"),
    )
)


def _spoilt(element: Any, path: list[int], value: Any) -> Any:
    """``value`` in place of what the path leads to."""
    if not path or not isinstance(element, dict | list) or not element:
        return value
    keys = list(element) if isinstance(element, dict) else list(range(len(element)))
    key = keys[path[0] % len(keys)]
    changed = element.copy()
    changed[key] = _spoilt(element[key], path[1:], value)
    return changed


@CALM
@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), _JSON)
def test_no_patient_is_an_accident(path: list[int], value: Any) -> None:
    resource = {**_spoilt(_RIGHT, path, value), "resourceType": "Patient"}
    with suppress(NotTaken):
        found = read_fhir(json.dumps(resource).encode())
        assert found.drafts or found.problems
        check(found.drafts, NOBODY, date(2026, 1, 1))


@CALM
@given(st.text(max_size=40))
def test_transliteration_ends_where_it_is(text: str) -> None:
    once = transliterated(text)
    assert transliterated(once) == once


@CALM
@given(st.text("ÀÉÎÔÙÇéèêëïîôûùçœæ’ 'abcXYZ", min_size=1, max_size=30))
def test_french_spellings_become_letters_of_insi(text: str) -> None:
    letters = set(transliterated(text)) - set(" '")
    assert letters <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert GIVEN_NAME.fullmatch(transliterated("Cœur-Éloïse"))
