"""The table of docs/identities.md is what INSi answers, and has a row for everything it may answer."""

import re
from pathlib import Path

import httpx

from ins_sim.domain.erreur import CATALOGUE
from ins_sim.domain.model import CodeCR
from socle.control.population.published import published
from socle.identifiers.ins import INS_OIDS
from support.ins_served import insi
from support.insi import body, message

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "identities.md").read_text("utf-8")
TABLE = PAGE[PAGE.index("<!-- persons -->") : PAGE.index("<!-- /persons -->")]
ROWS = [[cell.strip() for cell in line.split("|")[2:-1]] for line in TABLE.splitlines() if line.startswith("|")][2:]


def told(answer: httpx.Response) -> str:
    """As the table writes it."""
    text = answer.text
    code = re.search(r"<CodeCR>(\d+)</CodeCR>", text)
    if code is None:
        found = re.search(r' code="([^"]+)"', text)
        assert found is not None, text
        return found[1]
    parts = [code[1]]
    oid = re.search(r"<INSACTIF>.*?<OID>[\d.]*\.(\d+)</OID>", text)
    if oid is not None and oid[1] != "8":
        parts.append(f"OID …{oid[1]}")
    history = text.count("<INSHISTO>")
    return "; ".join([*parts, *([f"{history} INSHISTO"] if history else [])])


async def test_each_row_is_answered_as_it_says(tmp_path: Path) -> None:
    async with insi(tmp_path) as served:
        for name, given, sex, born, place, expected in ROWS:
            answer = await served.call(message(body(name, [given], sex, born, place or None)))
            assert (name, given, told(answer)) == (name, given, expected)


def test_everything_that_insi_answers_has_a_person() -> None:
    answers = {row[-1].partition(";")[0] for row in ROWS}
    assert {*CATALOGUE, *(code.value for code in CodeCR)} <= answers
    oids = {f"OID …{oid.rpartition('.')[2]}" for oid in INS_OIDS} - {"OID …8"}
    assert oids <= {part.strip() for row in ROWS for part in row[-1].split(";")}
    assert any(row[4].startswith("2A") for row in ROWS)
    assert any(row[4].startswith("2B") for row in ROWS)


def test_its_persons_are_those_of_the_population() -> None:
    names = {one.person.birth_name for one in published()}
    outside = {row[0] for row in ROWS if row[-1][:2] in ("00", "01", "02") and row[0] != "PANNE"} - names
    assert outside == set()
