"""Ready requests to try by hand: ``python -m sandbox.examples FOLDER`` writes them with their README."""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from sandbox.cda import cda
from sandbox.clients import iti41, ws_ins2
from sandbox.clients.lot import Entry, Lot
from sandbox.clients.mime import Style
from sandbox.facts import Author, DocumentFacts, Encounter, Patient, Site
from sandbox.hospitals.world import site_of
from socle.control.population.generate import generate

DEFAULT_URL = "http://127.0.0.1:8080"
DEPOSIT_FILE = "iti41-request.mime"
INSI_FILE = "insi-request.xml"
_WHEN = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
_TOKEN = UUID("5f0c1a52-6f0e-4c7e-9d0a-3b1d0c5ea001")


@dataclass(frozen=True, slots=True)
class Example:
    """A request body in a file, and the curl command that sends it."""

    file: str
    body: bytes
    path: str
    content_type: str

    def command(self, base_url: str, folder: str = "") -> str:
        """The exact command, for a POSIX shell; ``folder`` ends with a slash."""
        return (
            f"curl -sS -H 'Content-Type: {self.content_type}' --data-binary @{folder}{self.file} {base_url}{self.path}"
        )


def default_site() -> Site:
    """The first establishment of the default population: what is deposited for it shows on the page."""
    people = generate(seed=1, sites=1, patients_per_site=1)
    return site_of(people.establishments[0])


def deposit(site: Site | None = None, token: UUID = _TOKEN) -> Example:
    """A discharge letter of the published test patient DOMINIQUE PAT-TROIS; a second deposit of it is refused."""
    patient = Patient(
        "279035121518989",
        "1.2.250.1.213.1.4.10",
        "PAT-TROIS",
        ("DOMINIQUE", "MARIE-LOUISE"),
        "F",
        date(1979, 3, 28),
        "51215",
        "EXEMPLE1",
    )
    author = Author("99900000010", "EXEMPLE", "CAMILLE")
    place = site or default_site()
    stay = Encounter(f"{place.root}.2", "EXEMPLE1", datetime(2026, 3, 1, 9, tzinfo=UTC), _WHEN)
    unique_id, set_id, lot_id = (f"2.25.{token.int + offset}" for offset in (1, 2, 3))
    facts = DocumentFacts("11490-0", "N1", unique_id, set_id, 1, _WHEN, patient, author, place, stay)
    lot = Lot(lot_id, _WHEN, place, author, patient, (Entry(facts, cda(facts)),))
    package = iti41.request(lot, base_url=DEFAULT_URL, token=token, style=Style.CXF)
    return Example(DEPOSIT_FILE, package.body, iti41.PATH, package.headers["Content-Type"])


def insi(site: Site | None = None) -> Example:
    """WS_INS2 for the published test identity ADRUN ZOE, answered 00."""
    traits = ws_ins2.Traits("ADRUN", "ZOE", "F", date(1975, 12, 31), "63220")
    sender = (site or default_site()).national_id
    body = ws_ins2.request(traits, sender=sender, token=_TOKEN, now=_WHEN)
    return Example(INSI_FILE, body, ws_ins2.PATH, ws_ins2.HEADERS["Content-Type"])


def write(folder: Path, examples: list[Example]) -> None:
    """Put the request bodies into ``folder``, byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    for example in examples:
        (folder / example.file).write_bytes(example.body)


_README = """# Depositing a document with curl

`{deposit.file}` is a whole ITI-41 request as Apache CXF writes it: SOAP 1.2 envelope with VIHF (unsigned) and
submission set, the CDA (a discharge letter around a PDF/A) and the lot signature as MTOM parts. The patient is the
published test identity DOMINIQUE PAT-TROIS. Start the sandbox (`make demo`, or `socles up`), then, in this folder:

```sh
{deposit_command}
```

The answer is a `RegistryResponse` with status `Success`. Send the same file again: the document is known by then, and
the answer is a `Failure` that says so. The header `X-Socles-Exchange` of each answer (curl's `-i` shows it) names the
entry of the journal, with every finding.

`{insi.file}` asks INSi for an identity by traits (WS_INS2):

```sh
{insi_command}
```

Both files are made by `python -m sandbox.examples docs/examples/iti41-curl`.
"""


def main() -> None:
    """Write request files and README into the folder given."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: python -m sandbox.examples FOLDER")
    folder = Path(sys.argv[1])
    one, two = deposit(), insi()
    write(folder, [one, two])
    text = _README.format(
        deposit=one, insi=two, deposit_command=one.command(DEFAULT_URL), insi_command=two.command(DEFAULT_URL)
    )
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    (folder / ".gitattributes").write_text("*.mime binary\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
