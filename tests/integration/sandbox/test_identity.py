"""``socles identity`` against a running sandbox."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli import app
from socle.identifiers.ins import OID_NIR, make_ins
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

Socles = Callable[..., Result]
REAL = make_ins(sex="F", year=1980, month=2, place="63220", order=123, oid=OID_NIR)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("identity")) as running:
        yield running


@pytest.fixture
def identity(served: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Socles:
    """In a workspace of the test's own."""
    monkeypatch.setenv("SOCLES_URL", served.url)
    name = f"essai-{uuid4().hex[:12]}"
    assert CliRunner().invoke(app, ["workspace", "create", name]).exit_code == 0
    monkeypatch.setenv("SOCLES_WORKSPACE", name)
    return lambda *arguments: CliRunner().invoke(app, ["identity", *arguments])


def test_made_taken_away_and_brought_back(identity: Socles, tmp_path: Path) -> None:
    made = json.loads(identity("generate", "23", "--seed", "7", "--json").stdout)
    assert len(made["persons"]) == 23
    assert "homonyms" in identity("generate", "4", "--sort", "homonyms", "--tell").stdout
    for name in ("p.csv", "p.json", "p.ndjson"):
        file = tmp_path / name
        assert identity("export", str(file), "--which", "added").exit_code == 0
        taken = identity("import", str(file), "--dry-run")
        assert (taken.exit_code, taken.stdout) == (0, "contrôlées : 23 ; nouvelles : 0 ; remplacées : 23\n")
    assert identity("export", "--which", "added", "--headers", "en").stdout.startswith("\ufeffid;birth_name;")
    assert identity("import", str(tmp_path / "p.csv"), "--format", "fhir").exit_code == 4


def test_refusals_are_told_in_both_languages_with_their_places(identity: Socles, tmp_path: Path) -> None:
    table, patient, other = tmp_path / "p.csv", tmp_path / "p.json", tmp_path / "p.xlsx"
    table.write_text(
        f"nom;prenom;sexe;ne le;matricule;oid\nDUPONT;Zoé;F;1980-02-01;{REAL.value};8\n", encoding="latin-1"
    )
    patient.write_text('{"resourceType": "Patient"}')
    other.write_bytes(b"PK\x03\x04")

    refused = identity("import", str(table))

    assert refused.exit_code == 4
    assert "ligne 2, colonne prenoms: Prénom hors de l'alphabet d'INSi" in refused.stderr
    assert "ligne 2, colonne matricule: A number with a right key" in refused.stderr
    assert REAL.matricule not in refused.stderr
    fine = identity("import", str(table), "--transliterate", "--fictitious", "--json")
    assert json.loads(fine.stdout)["encoding"] == "windows-1252"
    fhir = identity("import", str(patient))
    assert (fhir.exit_code, "Patient.gender: gender" in fhir.stderr) == (4, True)
    assert identity("import", str(other)).exit_code == 2


def test_one_is_added_shown_and_drawn(identity: Socles, tmp_path: Path) -> None:
    png, svg = tmp_path / "m.png", tmp_path / "m.svg"
    one = ("moi", "D'ALMEIDA", "ZOE", "ANNE", "--sex", "F", "--born", "1980-02-01")
    added = identity("add", *one, "--place", "2A004", "--ins", "280022A004901")
    assert (added.exit_code, added.stdout) == (0, "prises : 1 ; nouvelles : 1 ; remplacées : 0\n")
    assert json.loads(identity("show", "moi", "--json").stdout)["givenNames"] == ["ZOE", "ANNE"]
    assert "D'ALMEIDA" in identity("show", "moi").stdout
    assert "moi" in identity("list", "D'AL", "--which", "added").stdout
    assert identity("show", "moi", "--format", "hl7v2").stdout.startswith("PID|1||280022A004901")
    assert json.loads(identity("show", "moi", "--format", "fhir").stdout)["id"] == "moi"
    assert identity("add", *one, "--ins", REAL.value, "--oid", OID_NIR).exit_code == 4
    assert identity("add", *one, "--ins", REAL.value, "--oid", OID_NIR, "--fictitious").exit_code == 0

    assert identity("datamatrix", "moi", str(png)).exit_code == 0
    assert identity("datamatrix", "moi", str(svg)).exit_code == 0
    assert (png.read_bytes()[:4], svg.read_text(encoding="utf-8")[:4]) == (b"\x89PNG", "<svg")
    content = identity("datamatrix", "moi").stdout
    right = identity("read", content)
    wrong = identity("read", content.replace("01-02-1980", "1980-02-01"))
    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert "JJ-MM-AAAA" in wrong.stdout
    assert identity("read", str(png)).exit_code == 0
    assert identity("read", str(tmp_path / "none.png")).exit_code == 2
    assert "illisible" in identity("read", str(svg)).stderr  # a file is never taken for content
    assert identity("datamatrix", "insi-houilles").exit_code == 4
    assert identity("show", "nobody").exit_code == 1
