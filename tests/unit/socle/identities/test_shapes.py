"""A person as a PID segment and as a recordTarget."""

from dataclasses import replace

import pytest
from lxml import etree

from socle.control.population.published import published
from socle.identities.cda import record_target
from socle.identities.hl7 import pid

PERSONS = {one.person.id: one.person for one in published()}


def test_the_segment_of_the_test_patient_is_laid_out_as_its_sample() -> None:
    fields = pid(PERSONS["insi-pat-trois"]).split("|")
    assert len(fields) == 33
    assert fields[3] == "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS"
    assert fields[5] == "PAT-TROIS^DOMINIQUE^DOMINIQUE MARIE-LOUISE^^^^L"
    assert (fields[7], fields[8], fields[11], fields[32]) == ("19790328", "F", "^^^^^^BDL^^51215", "VALI")


def test_former_numbers_a_nia_and_somebody_without_number() -> None:
    former = pid(PERSONS["insi-ecetinsi"]).split("|")[3].split("~")
    assert [one.split("^")[0] for one in former] == ["109076322083489", "209076322083439", "209066322012355"]
    assert former[1].endswith("^INS^^20190301^20190228")
    assert "ASIP-SANTE-INS-NIA&1.2.250.1.213.1.4.9&" in pid(PERSONS["insi-provisoire"])
    nobody = pid(PERSONS["insi-houilles"]).split("|")
    assert (nobody[3], nobody[11], nobody[32]) == ("", "", "PROV")


def test_what_means_something_to_hl7_is_escaped() -> None:
    odd = replace(PERSONS["insi-pat-trois"], birth_name="A|B^C&D~E\\F")
    assert "|A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F^" in pid(odd)


@pytest.mark.parametrize("person", ["insi-pat-trois", "insi-dartagnan", "insi-houilles"])
def test_the_record_target_is_xml_with_the_traits(person: str) -> None:
    one = PERSONS[person]
    role = etree.fromstring(record_target(one))[0]
    hl7 = {"h": "urn:hl7-org:v3"}

    def found(path: str) -> list[str]:
        return [str(value) for value in role.xpath(path, namespaces=hl7)]  # type: ignore[union-attr]

    assert found("h:id/@extension") == ([f"{one.ins.matricule}{one.ins.key}"] if one.ins else [])
    assert found("h:id/@root") == ([one.ins.oid] if one.ins else [])
    assert found("h:patient/h:name/h:family[@qualifier='BR']/text()") == [one.birth_name]
    assert found("h:patient/h:name/h:given/text()") == [" ".join(one.given_names), one.given_names[0]]
    assert found("h:patient/h:birthTime/@value") == [f"{one.birth_date:%Y%m%d}"]
    assert found("h:patient/h:birthplace//h:county/text()") == ([one.birth_place] if one.birth_place else [])
