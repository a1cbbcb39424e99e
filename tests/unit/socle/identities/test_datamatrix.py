"""The INS datamatrix: written by its rules, read back from an image, and every breach told."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image

from socle.control.population.awkward import AwkwardPeople, Sort
from socle.control.population.published import published
from socle.identifiers.ins import OID_NIR
from socle.identities.datamatrix import rules
from socle.identities.datamatrix.image import png, svg
from socle.identities.datamatrix.payload import GS, HEADER, payload
from socle.identities.datamatrix.reading import read
from socle.identities.datamatrix.scanning import scan
from socle.identities.problem import NotTaken
from socle.rules import Rule
from support.rule_table import RuleTable

PERSONS = {one.person.id: one.person for one in published()}
PAT = PERSONS["insi-pat-trois"]
RIGHT = payload(PAT)


def broken(text: str) -> set[Rule]:
    return {finding.rule for finding in read(text).findings}


def test_the_content_is_laid_out_as_the_format_says() -> None:
    assert len(HEADER) == 26
    blocks = f"S1279035121518989S21.2.250.1.213.1.4.10S3DOMINIQUE MARIE-LOUISE{GS}S4PAT-TROIS{GS}S5FS628-03-1979S751215"
    assert f"{HEADER}{blocks}" == RIGHT


def test_a_shorter_oid_is_ended_by_a_separator_and_a_longest_name_is_not() -> None:
    assert f"S2{OID_NIR}{GS}S3" in payload(PERSONS["insi-adrun"])
    longest = replace(PAT, birth_name="A" * 100, given_names=("B" * 100,))
    text = payload(longest)
    assert GS not in text
    assert read(text).values["S4"] == "A" * 100
    assert broken(text) == {rules.TEST}


def test_without_a_place_the_date_ends_it() -> None:
    text = payload(replace(PAT, birth_place=None))
    assert text.endswith("S628-03-1979")
    assert broken(text) == {rules.TEST}


@pytest.mark.parametrize("person", ["insi-houilles", "insi-vandermonde", "insi-patb-quatre"])
def test_who_has_no_qualified_identity_has_none(person: str) -> None:
    with pytest.raises(NotTaken) as refused:
        payload(PERSONS[person])
    assert (refused.value.status, refused.value.problems[0].code) == (409, "datamatrix.not-qualified")


def test_a_name_that_does_not_fit_is_told_not_cut() -> None:
    with pytest.raises(NotTaken) as refused:
        payload(replace(PAT, birth_name="A" * 101))
    assert (refused.value.problems[0].code, refused.value.problems[0].where) == ("datamatrix.length", "birthName")


@pytest.mark.parametrize("label", [True, False])
def test_the_image_is_square_and_read_back(label: bool) -> None:
    for person in (PAT, PERSONS["insi-ecetinsi"], PERSONS["insi-provisoire"], PERSONS["insi-dartagnan"]):
        image = Image.open(io.BytesIO(png(payload(person), scale=4, label=label)))
        (found,) = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
        assert found.format is zxingcpp.BarcodeFormat.DataMatrix
        assert found.text == payload(person)
        corners = found.position
        assert abs((corners.top_right.x - corners.top_left.x) - (corners.bottom_left.y - corners.top_left.y)) <= 4
        assert all(image.getpixel((x, 0)) == 255 for x in range(image.width)), "the quiet zone"


def test_the_drawing_says_what_it_is() -> None:
    assert "INS à scanner</text>" in svg(RIGHT)
    assert "<text" not in svg(RIGHT, label=False)
    assert svg(RIGHT).startswith("<svg ")


def test_all_awkward_persons_are_written_and_read_back() -> None:
    for _, person in AwkwardPeople(5, prefix="d-").of(tuple(Sort), 46):
        if person.ins is None:
            continue
        found = read(payload(person))
        assert {finding.rule for finding in found.findings} == {rules.TEST}
        assert found.values["S3"] == " ".join(person.given_names)
        assert found.values["S4"] == person.birth_name


SOUND = payload(PERSONS["insi-adrun"])
BROKEN = {
    rules.HEADER: SOUND.replace("IS01", "IS02"),
    rules.UNKNOWN: f"{SOUND}S8X",
    rules.ORDER: SOUND.replace(f"S3ZOE{GS}S4ADRUN{GS}", f"S4ADRUN{GS}S3ZOE{GS}"),
    rules.MISSING: SOUND.replace("S5F", ""),
    rules.GS_MISSING: SOUND.replace(f"ZOE{GS}", "ZOE"),
    rules.GS_SURPLUS: SOUND.replace("S5F", f"S5F{GS}"),
    rules.LENGTH: SOUND.replace("ADRUN", "A" * 101),
    rules.NUMBER: SOUND.replace("275126322074974", "2751263220749XX"),
    rules.KEY: SOUND.replace("275126322074974", "275126322074975"),
    rules.OID: SOUND.replace(OID_NIR, "1.2.250.1.213.1.4.7"),
    rules.NAME: SOUND.replace("ADRUN", "Adrun"),
    rules.SEX: SOUND.replace("S5F", "S5I"),
    rules.DATE: SOUND.replace("31-12-1975", "1975-12-31"),
    rules.PLACE: SOUND.replace("S763220", "S7PARIS"),
    rules.TEST: RIGHT,
}


def image_of(text: str) -> bytes:
    """A rectangle, where the text fits one."""
    matrix = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=4)
    height, width = matrix.shape
    out = io.BytesIO()
    Image.frombytes("L", (width, height), memoryview(matrix).tobytes()).save(out, "PNG")
    return out.getvalue()


def test_an_image_is_read_and_a_rectangle_is_told() -> None:
    content, found = scan(png(RIGHT))
    assert (content, {finding.rule for finding in found.findings}) == (RIGHT, {rules.TEST})
    content, found = scan(image_of(RIGHT))
    assert (content, {finding.rule for finding in found.findings}) == (RIGHT, {rules.TEST, rules.SQUARE})


def _blank(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height), 1).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image.unreadable"),
        (b"\x89PNG\r\n\x1a\nnothing", "image.unreadable"),
        (png(RIGHT)[:200], "image.unreadable"),
        (b"<svg/>", "image.unreadable"),
        (_blank(200, 200), "datamatrix.unreadable"),
        (_blank(5000, 5000), "image.size"),
        (_blank(20_000, 20_000), "image.unreadable"),
    ],
    ids=["empty", "torn", "cut", "svg", "blank", "large", "bomb"],
)
def test_what_is_no_image_or_shows_nothing_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(NotTaken) as refused:
        scan(data)
    assert refused.value.problems[0].code == code


def test_each_rule_is_broken_alone_and_satisfied(record_property: Callable[[str, object], None]) -> None:
    table = RuleTable("INS datamatrix")
    for rule, text in BROKEN.items():
        table.case(f"breaks {rule.id}", (one.rule.id for one in read(text).findings), rule.id)
    _, rectangle = scan(image_of(SOUND))
    table.case("a rectangle", (one.rule.id for one in rectangle.findings), rules.SQUARE.id)
    _, square = scan(png(SOUND))
    table.case("a square", (one.rule.id for one in square.findings))
    table.close(record_property)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (payload(PERSONS["insi-adrun"]).replace(f"{OID_NIR}{GS}", OID_NIR), {rules.GS_MISSING}),
        (RIGHT.replace("1979", "1979-"), {rules.TEST, rules.UNKNOWN}),
        (RIGHT.replace("28-03-1979", "31-02-1979"), {rules.TEST, rules.DATE}),
        (f"{RIGHT}{GS}", {rules.TEST, rules.GS_SURPLUS}),
        (RIGHT.replace(GS, "<GS>"), {rules.TEST}),
        ("", {rules.HEADER, rules.MISSING}),
        ("S1", {rules.HEADER, rules.MISSING}),
        (HEADER, {rules.MISSING}),
    ],
)
def test_only_what_is_wrong_is_told(text: str, expected: set[Rule]) -> None:
    assert broken(text) == expected
