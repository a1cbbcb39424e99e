"""FHIR Patients: valid R4, by the French profile, and read back; what is wrong is told by its path."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.patient import Patient

from socle.control.model import Person
from socle.control.population.awkward import AwkwardPeople, Sort
from socle.control.population.published import published
from socle.identifiers.ins import OID_DEMO, OID_NIR, OID_TEST
from socle.identities.fhir import reading
from socle.identities.fhir.names import RELIABILITY, SLICES, STATUS_SYSTEMS, StatusCodes
from socle.identities.fhir.outcome import outcome_of
from socle.identities.fhir.reading import Patients, read
from socle.identities.fhir.writing import collection, lines, patient
from socle.identities.problem import MOST_TOLD, NotTaken, Problem

PUBLISHED = {one.person.id: one.person for one in published()}
AWKWARD = [
    person
    for oid in (OID_TEST, OID_NIR, OID_DEMO)
    for _, person in AwkwardPeople(3, prefix=f"t{oid[-2:]}-", oid=oid).of(tuple(Sort), 23)
]
PERSONS = [*PUBLISHED.values(), *AWKWARD]


def read_one(resource: dict[str, Any]) -> Patients:
    return read(json.dumps(resource).encode())


def changed(change: Callable[[dict[str, Any]], object], person: str = "insi-pat-trois") -> Patients:
    resource = patient(PUBLISHED[person])
    change(resource)
    return read_one(resource)


@pytest.mark.parametrize("codes", list(StatusCodes))
def test_every_patient_is_valid_r4_and_follows_the_profile(codes: StatusCodes) -> None:
    for person in PERSONS:
        resource = patient(person, codes)
        Patient.model_validate(resource)
        status = next(one for one in resource["extension"] if one["url"] == RELIABILITY)["extension"][0]["valueCoding"]
        present = [one for one in resource.get("identifier", ()) if one["use"] != "old"]
        if person.ins is None or not person.known_to_insi:
            assert (present, status["code"]) == ([], "PROV")
            continue
        (number,) = present  # fr-core-2: exactly one official, or a temporary NIA
        assert number["system"] == f"urn:oid:{person.ins.oid}"
        assert number["use"] == SLICES[person.ins.oid].use
        assert len(number["value"]) == 15
        assert status == {"system": codes.system, "code": codes.qualified}
        (name,) = resource["name"]
        assert (name["use"], len(name["given"])) == ("official", 1)


def test_the_two_code_systems_say_it_in_their_own_way() -> None:
    told = {codes: patient(PUBLISHED["insi-adrun"], codes)["extension"][1]["extension"][0] for codes in StatusCodes}
    assert told[StatusCodes.V2_0445]["valueCoding"]["code"] == "VALI"
    assert told[StatusCodes.IDENTITY_STATUS]["valueCoding"]["code"] == "QUAL"


@pytest.mark.parametrize("codes", list(StatusCodes))
def test_what_was_written_is_read_back(codes: StatusCodes) -> None:
    bundle = b"".join(collection(PERSONS, codes))
    Bundle.model_validate_json(bundle)
    told = [_as_told(person) for person in PERSONS]

    for found in (read(bundle), read(b"".join(lines(PERSONS, codes)), lines=True)):
        assert (found.problems, found.remarks) == ([], [])
        assert [draft.person for draft in found.drafts] == told


def _as_told(person: Person) -> Person:
    """What a Patient tells of a person: no DMP, no mailbox, no outcome, and no period that ends before it begins."""
    known = person.ins if person.known_to_insi else None
    history = tuple(
        replace(one, valid_from=None, valid_to=None)
        if one.valid_from and one.valid_to and one.valid_from > one.valid_to
        else one
        for one in (person.history if known else ())
    )
    state = "open" if known else "none"
    return replace(
        person,
        ins=known,
        history=history,
        known_to_insi=known is not None,
        outcome=None,
        dmp=state,
        citizen_mailbox=state,
        note="",
    )


@pytest.mark.parametrize("system", sorted(STATUS_SYSTEMS))
@pytest.mark.parametrize("code", ["VALI", "QUAL", "RECUP"])
def test_both_code_systems_are_taken_under_each_of_their_names(system: str, code: str) -> None:
    def change(resource: dict[str, Any]) -> None:
        resource["extension"][1]["extension"][0]["valueCoding"] = {"system": system, "code": code}

    found = changed(change)
    assert (len(found.drafts), found.problems) == (1, [])


def test_only_the_traits_are_needed() -> None:
    found = read_one(
        {
            "resourceType": "Patient",
            "name": [{"family": "PAT-TROIS", "given": ["DOMINIQUE", "MARIE-LOUISE"]}],
            "gender": "female",
            "birthDate": "1979-03-28",
            "identifier": [{"system": "urn:oid:1.2.250.1.999.1", "value": "IPP1"}],
        }
    )
    (draft,) = found.drafts
    assert draft.person.given_names == ("DOMINIQUE", "MARIE-LOUISE")
    assert draft.person.ins is None
    assert draft.person.id.startswith("imp-")
    assert draft.at("birth_date") == "Patient.birthDate"


def test_names_are_transliterated_on_demand() -> None:
    resource = patient(PUBLISHED["insi-pat-trois"]) | {
        "name": [{"use": "official", "family": "Lœil", "given": ["Zoé"]}, {"use": "usual", "family": "X"}]
    }
    found = read(json.dumps(resource).encode(), transliterate=True)
    assert (found.drafts[0].person.birth_name, found.drafts[0].person.given_names) == ("LOEIL", ("ZOE",))


def _two_numbers(resource: dict[str, Any]) -> None:
    resource["identifier"] *= 2


def _comment(code: str) -> Callable[[dict[str, Any]], None]:
    def change(resource: dict[str, Any]) -> None:
        said = {"url": "comment", "valueCodeableConcept": {"coding": [{"code": code}]}}
        resource["extension"][1]["extension"].append(said)

    return change


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        (lambda one: one.update(name=[]), "Patient.name", "name.official"),
        (lambda one: one.update(name=one["name"] * 2), "Patient.name", "name.official"),
        (lambda one: one.update(name={}), "Patient.name", "value.form"),
        (lambda one: one["name"][0].pop("family"), "Patient.name", "value.missing"),
        (lambda one: one["name"][0].update(given=[]), "Patient.name", "value.missing"),
        (lambda one: one["name"][0].update(given=["MARIE-LOUISE"]), "Patient.name", "name.first"),
        (lambda one: one.update(gender="other"), "Patient.gender", "value.form"),
        (lambda one: one.update(gender=["female"]), "Patient.gender", "value.form"),
        (lambda one: one.update(birthDate="1979-03"), "Patient.birthDate", "value.form"),
        (lambda one: one.update(birthDate=19790328), "Patient.birthDate", "value.form"),
        (lambda one: one["identifier"][0].update(value="27903512151898"), "Patient.identifier[0]", "ins.form"),
        (lambda one: one["identifier"][0].update(period={"start": "2019"}), "Patient.identifier[0]", "ins.form"),
        (
            lambda one: one["identifier"][0].update(system="urn:oid:1.2.250.1.213.1.4.9"),
            "Patient.identifier[0]",
            "ins.type",
        ),
        (_two_numbers, "Patient.identifier", "ins.several"),
        (lambda one: one["extension"][0]["valueAddress"].pop("extension"), "Patient.extension", "birth-place.form"),
        (
            lambda one: one["extension"][1]["extension"][0]["valueCoding"].update(code="UNDI"),
            "Patient.extension",
            "status.unknown",
        ),
        (_comment("FICT"), "Patient.extension", "status.suspect"),
    ],
)
def test_what_is_wrong_is_told_by_its_path(change: Callable[[dict[str, Any]], object], where: str, code: str) -> None:
    found = changed(change)
    assert found.drafts == []
    assert (where, code) in [(one.where, one.code) for one in found.problems]


def test_a_provisional_identity_with_an_ins_and_another_resource_are_remarks() -> None:
    found = changed(lambda one: one["extension"][1]["extension"][0]["valueCoding"].update(code="PROV"))
    assert ([one.code for one in found.remarks], len(found.drafts)) == (["status.provisional"], 1)
    entries = [{"resource": {"resourceType": "Observation"}}, {"resource": patient(PUBLISHED["insi-adrun"])}]
    found = read_one({"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert [one.where for one in found.remarks] == ["Bundle.entry[0].resource"]
    assert found.drafts[0].at("ins") == "Bundle.entry[1].resource.identifier[0]"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.json"),
        (b"\xff\xfe", "file.json"),
        (b'{"resourceType": NaN}', "file.json"),
        (b"[" * 100_000, "file.json"),
        (b"[]", "file.resource"),
        (b"{}", "file.resource"),
        (b'{"resourceType": "Bundle"}', "bundle.type"),
        (b'{"resourceType": "Bundle", "type": "collection", "entry": {}}', "bundle.type"),
        (b'{"resourceType": "Bundle", "type": "collection", "entry": [1, {"resource": 2}]}', "file.empty"),
        (b'{"resourceType": "Observation"}', "file.empty"),
    ],
)
def test_what_is_no_patient_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(NotTaken) as refused:
        read(data)
    assert refused.value.problems[0].code == code


def test_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PATIENTS", 3)
    line = json.dumps(patient(PUBLISHED["insi-adrun"])).encode() + b"\n"
    with pytest.raises(NotTaken) as refused:
        read(line * 4, lines=True)
    assert refused.value.status == 413


def test_a_refusal_is_a_valid_outcome_that_ends_somewhere() -> None:
    outcome = outcome_of([Problem(f"Patient.name[{n}]", "name.alphabet", "Non", "No") for n in range(MOST_TOLD + 5)])
    OperationOutcome.model_validate(outcome)
    assert len(outcome["issue"]) == MOST_TOLD + 1
    assert "5" in outcome["issue"][-1]["diagnostics"]
