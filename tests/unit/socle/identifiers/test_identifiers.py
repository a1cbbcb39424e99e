"""Value types: published numbers, and properties over generated ones."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.finess import Finess, make_finess
from socle.identifiers.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins, ins_key, make_ins
from socle.identifiers.luhn import luhn_digit, luhn_sum
from socle.identifiers.oid import is_oid
from socle.identifiers.rpps import Rpps, make_rpps
from socle.identifiers.siret import Siret, make_siret

digits = st.text(string.digits, min_size=1, max_size=20)
places = st.one_of(
    st.integers(1001, 95999).map(lambda n: f"{n:05d}"),
    st.integers(1, 399).map(lambda n: f"2A{n:03d}"),
    st.integers(1, 399).map(lambda n: f"2B{n:03d}"),
)


@pytest.mark.parametrize(
    "number",
    [
        "275126322074974",  # ADRUN
        "109076322083489",  # ECETINSI
        "209076322083439",  # ECETINSI, former number
        "209066322012355",  # ECETINSI, former number of the CNDA file
        "101066322075460",  # D'ARTAGNAN DE L'HERAULT
        "160012B02077713",  # ADRTROIS TOUSSAINT, Haute-Corse
        "297022A02077878",  # ADRTROIS DOMINIQUE, Corse-du-Sud
        "109076322088835",  # PROVISOIRE
        "236066322083656",  # TCHITCHI
        "180032B02040123",  # CORSE
        "110086322083060",  # NESSI MICHELANGELO
        "277076322082910",  # NESSI RUTH
        "181016322075140",  # ADRDEUX
        "279035121518989",  # PAT-TROIS
        "255069999999934",  # DESMAUX
    ],
)
def test_keys_of_the_published_identities_agree(number: str) -> None:
    assert Ins.parse(number, OID_NIR).key_is_valid


@pytest.mark.parametrize(
    ("number", "right_key"),
    [("181036322045660", "76"), ("281036322045610", "26")],
)
def test_wrong_keys_of_hermann_are_told_not_refused(number: str, right_key: str) -> None:
    ins = Ins.parse(number, OID_NIR)
    assert not ins.key_is_valid
    assert ins_key(ins.matricule) == right_key


@pytest.mark.parametrize(
    "text",
    ["", "2790351215189", "27903512151898", "2790351215189890", "279035121518 89", "279032C21518989", "2" * 14 + "A"],
)
def test_a_wrong_shape_is_refused_without_repeating_the_number(text: str) -> None:
    with pytest.raises(InvalidIdentifier) as refusal:
        Ins.parse(text, OID_TEST)
    assert not text or text not in str(refusal.value)


def test_a_matricule_never_travels_without_its_oid() -> None:
    with pytest.raises(InvalidIdentifier, match="OID"):
        Ins.parse("279035121518989", "")


def test_arabic_indic_digits_are_no_digits() -> None:
    with pytest.raises(InvalidIdentifier):
        Ins.parse("٢79035121518989", OID_TEST)


@given(st.sampled_from("MF"), st.integers(1900, 2026), st.integers(1, 12), places, st.integers(1, 999), st.booleans())
def test_made_numbers_are_valid_and_any_other_key_is_not(
    sex: str, year: int, month: int, place: str, order: int, provisional: bool
) -> None:
    made = make_ins(sex=sex, year=year, month=month, place=place, order=order, provisional=provisional)
    assert Ins.parse(made.value, OID_TEST) == made
    assert made.key_is_valid
    assert 1 <= int(made.key) <= 97
    assert not Ins.parse(made.matricule + f"{int(made.key) % 97 + 1:02d}", OID_TEST).key_is_valid
    assert made.matricule[0] in ("78" if provisional else "12")


@given(places, st.integers(0, 12), st.sampled_from(string.digits))
def test_the_key_catches_any_single_wrong_digit(place: str, position: int, digit: str) -> None:
    made = make_ins(sex="F", year=1979, month=3, place=place, order=189)
    corsica = place[1] in "AB" and position in (5, 6)
    assume(made.matricule[position] != digit and not corsica)
    assert ins_key(made.matricule[:position] + digit + made.matricule[position + 1 :]) != made.key


def test_production_oids() -> None:
    assert [Ins.parse("279035121518989", oid).is_production for oid in (OID_NIR, OID_NIA, OID_TEST, OID_DEMO)] == [
        True,
        True,
        False,
        False,
    ]


@given(digits)
def test_luhn_accepts_its_own_digit_and_no_other(text: str) -> None:
    right = luhn_digit(text)
    assert [d for d in string.digits if luhn_sum(text + d) % 10 == 0] == [right]


FINESS_READ = """
010000016 010000156 010000164 010780195 010787190 010000024
010000032 010780054 010780062 010003820 010003812
"""


@pytest.mark.parametrize("number", FINESS_READ.split())
def test_luhn_holds_on_the_finess_numbers_read(number: str) -> None:
    assert Finess.parse(number).luhn_is_valid


@given(st.sampled_from(["01", "75", "2A", "2B", "97"]), st.integers(0, 999_999))
def test_made_finess_are_valid_and_display_spaces_do_not_matter(department: str, number: int) -> None:
    value = make_finess(f"{department}{number:06d}")
    displayed = f"{value[:2]} {value[2:5]} {value[5:8]} {value[8]}".lower()
    assert Finess.parse(displayed) == Finess(value)
    assert Finess(value).luhn_is_valid
    assert not Finess(value[:8] + str((int(value[8]) + 1) % 10)).luhn_is_valid


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "01078005-"])
def test_finess_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        Finess.parse(text)


def test_other_letters_are_accepted_but_never_pass_luhn() -> None:
    assert Finess.parse("0b0152872").value == "0B0152872"
    assert not Finess.parse("Z10780054").luhn_is_valid


def test_rpps_of_the_sample_token() -> None:
    rpps = Rpps.parse("899900063480")
    assert rpps.value == "99900063480"
    assert rpps.luhn_is_valid
    assert rpps.ps_id_nat == "899900063480"


@given(st.integers(0, 10**10 - 1))
def test_made_rpps(number: int) -> None:
    value = make_rpps(f"{number:010d}")
    assert Rpps.parse(value).luhn_is_valid
    assert not Rpps(value[:-1] + str((int(value[-1]) + 5) % 10)).luhn_is_valid


@pytest.mark.parametrize("text", ["", "9990006348", "1999000634800", "1234567890A"])
def test_rpps_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        Rpps.parse(text)


@given(st.integers(0, 10**8 - 1), st.integers(0, 9999))
def test_made_siret(first: int, nic: int) -> None:
    siret = Siret.parse(make_siret(f"{first:08d}", f"{nic:04d}"))
    assert siret.luhn_is_valid
    assert luhn_sum(siret.siren) % 10 == 0


def test_la_poste_follows_its_own_rule() -> None:
    assert Siret.parse("356 000 000 00048").luhn_is_valid
    assert Siret("35600000049837").luhn_is_valid
    assert not Siret("35600000049838").luhn_is_valid


def test_siret_of_another_shape_is_refused() -> None:
    with pytest.raises(InvalidIdentifier):
        Siret.parse("1234567890123")


@pytest.mark.parametrize("text", ["1.2.250.1.213.1.4.8", "2.16.840.1.113883.6.1", "0.0", "1.39", "2.999"])
def test_oids(text: str) -> None:
    assert is_oid(text)


@pytest.mark.parametrize("text", ["", "1", "3.1", "1.40", "1.2.", ".1.2", "1.02", "1.2.250.٣", "urn:oid:1.2", "1.2\n"])
def test_no_oids(text: str) -> None:
    assert not is_oid(text)
