"""CSV of identities: what is understood, what is refused, line by line, and that it comes back as it went."""

from datetime import date
from itertools import chain

import pytest

from socle.control.model import Person
from socle.control.population.awkward import AwkwardPeople, Sort
from socle.control.population.published import published
from socle.identities import table
from socle.identities.columns import COLUMNS, plain
from socle.identities.problem import NotTaken
from socle.identities.table import Encoding

PERSONS = [
    *(one.person for one in published()),
    *(made for _, made in AwkwardPeople(3, prefix="t-").of(tuple(Sort), 46)),
]
HEAD = "nom_naissance;prenoms;sexe;date_naissance"


def read(text: str, encoding: str = "utf-8") -> table.Table:
    return table.read(text.encode(encoding))


def only(text: str) -> Person:
    found = read(text)
    assert (len(found.drafts), found.problems) == (1, ())
    return found.drafts[0].person


def problems(text: str) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in read(text).problems]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("english", [False, True])
def test_what_was_written_is_read_back(separator: str, encoding: Encoding, english: bool) -> None:
    written = b"".join(table.write(PERSONS, separator=separator, encoding=encoding, english=english))

    found = table.read(written)

    assert (found.separator, found.encoding, found.problems) == (separator, encoding, ())
    assert [draft.person for draft in found.drafts] == PERSONS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "windows-1252"])
def test_encodings_are_told_apart_by_the_bytes(encoding: str) -> None:
    found = read(
        "Nom de naissance;Prénom(s);Sexe;Date de naissance;Note\nDUPONT;ZOE;F;1980-02-01;née à Mâcon\n", encoding
    )

    assert found.drafts[0].person.note == "née à Mâcon"
    assert found.encoding == (Encoding(encoding) if encoding.startswith("utf") else Encoding.LATIN1)


def test_headers_are_known_in_both_languages_and_near_spellings() -> None:
    for header in chain.from_iterable((column.fr, column.en) for column in COLUMNS):
        assert plain(header) == plain(header.upper().replace("_", " "))
    only("birthName,Given Names,gender,birth-date\nDUPONT,ZOE,female,1980-02-01\n")
    only("Nom;Prénoms;Sexe;Né le\nDUPONT;ZOE;Féminin;01/02/1980\n")


def test_a_number_comes_with_its_key_or_apart_and_its_oid_whole_or_by_its_end() -> None:
    head = f"{HEAD};matricule;cle;oid\nPAT-TROIS;DOMINIQUE;F;1979-03-28;"
    for cells in (
        "279035121518989;;",
        "2790351215189;89;.10",
        "2790351215189;;",
        "2 79 03 51 215 189 89;;1.2.250.1.213.1.4.10",
    ):
        person = only(f"{head}{cells}\n")
        assert person.ins is not None
        assert (person.ins.matricule, person.ins.key, person.ins.oid) == ("2790351215189", "89", "1.2.250.1.213.1.4.10")
        assert person.known_to_insi
    assert only(f"{HEAD}\nDUPONT;ZOE;F;1980-02-01\n").known_to_insi is False


def test_names_are_transliterated_on_demand_only() -> None:
    line = f"{HEAD}\nD’Æïon;Cœur  Zoé;M;1987-01-25\n"
    assert only(line).birth_name == "D’Æïon"
    found = table.read(line.encode(), transliterate=True).drafts[0].person
    assert (found.birth_name, found.given_names) == ("D'AEION", ("COEUR", "ZOE"))


def test_persons_without_id_get_the_same_one_each_time() -> None:
    line = f"{HEAD}\nDUPONT;ZOE;F;1980-02-01\n"
    assert only(line).id == only(line).id != only(line.replace("ZOE", "ANNE")).id


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (";ZOE;F;1980-02-01", ("ligne 2, colonne nom_naissance", "value.missing")),
        ("DUPONT;;F;1980-02-01", ("ligne 2, colonne prenoms", "value.missing")),
        ("DUPONT;ZOE;I;1980-02-01", ("ligne 2, colonne sexe", "value.form")),
        ("DUPONT;ZOE;F;", ("ligne 2, colonne date_naissance", "value.missing")),
        ("DUPONT;ZOE;F;1980-02-30", ("ligne 2, colonne date_naissance", "value.form")),
        ("DUPONT;ZOE;F;02/1980", ("ligne 2, colonne date_naissance", "value.form")),
        ("DUPONT;ZOE;F;1980-02-01;27903512151", ("ligne 2, colonne matricule", "value.form")),
        ("DUPONT;ZOE;F;1980-02-01;279035121518989;;;;;trop", ("ligne 2", "file.cells")),
        ("DUPONT;ZOE;F;1980-02-01;;;oui et non", ("ligne 2, colonne connu_insi", "value.form")),
        ("DUPONT;ZOE;F;1980-02-01;;;;shut", ("ligne 2, colonne dmp", "value.unknown")),
        ("DUPONT;ZOE;F;1980-02-01;;;;;209076322083439 8 2019", ("ligne 2, colonne historique", "value.form")),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(line: str, wrong: tuple[str, str]) -> None:
    head = f"{HEAD};matricule;cle;connu_insi;dmp;historique"
    assert wrong in problems(f"{head}\n{line}\n")


def test_names_and_place_of_a_line_that_is_wrong_elsewhere_are_told_too() -> None:
    told = problems(f"{HEAD};lieu_naissance\nDupont;ZOE2;I;1980-02-30;7505\n")
    assert [code for _, code in told] == [
        "value.form",
        "value.form",
        "name.alphabet",
        "name.alphabet",
        "birth-place.form",
    ]


def test_a_good_line_beside_a_bad_one_is_a_draft_and_lines_are_counted_as_the_file_has_them() -> None:
    found = read(f'{HEAD};note\nDUPONT;ZOE;F;1980-02-01;"sur\ndeux lignes"\n\nDUPONT;ZOE;X;1980-02-01\n')
    assert len(found.drafts) == 1
    assert [one.where for one in found.problems] == ["ligne 5, colonne sexe"]


@pytest.mark.parametrize(
    ("data", "code", "status"),
    [
        (b"PK\x03\x04nothing", "file.zip", 415),
        ("nom;prenom".encode("utf-16"), "file.encoding", 422),
        (b"nom;prenom\n\x81\xff", "file.encoding", 422),
        (b"", "file.column", 422),
        (b"nom;prenom\nDUPONT;ZOE\n", "file.column", 422),
        (f"{HEAD};nom\n".encode(), "file.column", 422),
        (f"{HEAD};taille\n".encode(), "file.column", 422),
        (f"{HEAD}\n".encode(), "file.empty", 422),
        (f'{HEAD}\nDUPONT;"ZOE"X;F;1980-02-01\n'.encode(), "file.quotes", 422),
        (b"x" * 20_000, "file.header", 422),
        (f"{HEAD}\n".encode() + b"DUPONT;ZOE;F;1980-02-01\n" * 4, "file.rows", 413),
    ],
    ids=["zip", "utf-16", "binary", "empty", "missing", "twice", "unknown", "no-row", "quotes", "long", "rows"],
)
def test_what_is_no_such_table_is_refused_whole(
    data: bytes, code: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    with pytest.raises(NotTaken) as refused:
        table.read(data)
    assert (refused.value.problems[0].code, refused.value.status) == (code, status)
    assert refused.value.problems[0].message_fr


def test_a_note_that_a_spreadsheet_would_compute_is_written_as_text() -> None:
    person = Person("a", "DUPONT", ("ZOE",), "F", date(1980, 2, 1), None, None, note="=1+1")
    written = b"".join(table.write([person])).decode("utf-8-sig")
    assert "'=1+1" in written
    assert table.read(written.encode()).drafts[0].person.note == "=1+1"
