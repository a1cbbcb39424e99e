"""Fills a journal with many exchanges of realistic size, quickly: ``python journal_filled.py FOLDER [COUNT]``.

``FOLDER`` is the data folder of a sandbox that is not running; it then shows them, if its bounds let it keep so many
(``SOCLES_JOURNAL_MAX_EXCHANGES``, ``SOCLES_JOURNAL_MAX_BYTES``: see ``ROOMY``).
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from socle.exchange import Exchange, Outcome, Recorded
from socle.journal.entry import row
from socle.journal.settings import JournalSettings
from socle.journal.store import JournalStore
from socle.rules import Certainty, Rule, Severity
from socle.settings import GroundSettings

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "iti41-curl"
ROOMY = {"SOCLES_JOURNAL_MAX_EXCHANGES": "200000", "SOCLES_JOURNAL_MAX_BYTES": str(8 * 2**30)}
"""Environment of a process that keeps 100,000 of them, and as many of its own."""
NEEDLE = "aiguille"
"""Stands in the subject of one exchange in the middle."""
_GROUP = 2_000
_SOAP = "application/soap+xml;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of act: how often it comes, and what goes over the wire."""

    weight: int
    service: str
    protocol: str
    operation: str
    path: str | None
    content_type: str
    request: bytes
    response: bytes
    code: str
    rules: tuple[Rule, ...]


def _rules(service: str, *names: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            f"{service}.{name}",
            f"Règle {name} : la valeur transmise n'est pas celle du document",
            f"Rule {name}: the value sent is not the document's",
            "CI-SIS, volet de partage de documents de santé",
            Certainty.FAITHFUL,
            "Reprenez la valeur du document, sans la transformer.",
            Severity.WARNING if number % 2 else Severity.ERROR,
        )
        for number, name in enumerate(names)
    )


def _kinds() -> list[Kind]:
    insi = (EXAMPLES / "insi-request.xml").read_bytes()
    deposit = (EXAMPLES / "iti41-request.mime").read_bytes()
    answer = b"<s:Envelope>" + b"<answer>une reponse de taille courante</answer>" * 45 + b"</s:Envelope>"
    query = insi + b"<rim:Slot name='$XDSDocumentEntryStatus'/>" * 40
    mail = b"Subject: XDM/1.0/DDM+Lettre de liaison\r\n\r\n" + b"JVBERi0xLjQKJeLjz9MKMyAwIG9iago8PC9GaWx0ZXI\r\n" * 150
    registry, repository = "/si-dmp-server/v2/services/registry", "/si-dmp-server/v2/services/repository"
    return [
        Kind(60, "ins_sim", "soap", "WS_INS2", "/lps", _SOAP, insi, answer, "00", _rules("insi", "key", "traits")),
        Kind(20, "dmp_sim", "soap", "ITI-18", registry, _SOAP, query, answer * 3, "", _rules("dmp", "code.class")),
        Kind(
            14, "mss_sim", "smtp", "DATA", None, "", mail, b"250 2.0.0 Ok\r\n", "2.0.0", _rules("mss", "subject.form")
        ),
        Kind(
            *(6, "dmp_sim", "soap", "ITI-41", repository, "multipart/related", deposit, answer, "XDSRepositoryError"),
            rules=_rules("dmp", "part.hash", "cda.title", "cda.practice", "code.type"),
        ),
    ]


def exchanges(count: int, *, workspace: str = "default", epoch: int = 1, seed: int = 1) -> Iterator[Exchange]:
    """Over the last thirty days, oldest first: one in twelve refused, one in fifty met a fault rule."""
    random, kinds, now = Random(seed), _kinds(), datetime.now(UTC)
    weights = [kind.weight for kind in kinds]
    for number in range(count):
        (kind,) = random.choices(kinds, weights)
        made = Exchange(
            kind.service,
            kind.protocol,
            workspace,
            epoch,
            now - timedelta(days=30) * (1 - number / count),
            operation=kind.operation,
            path=kind.path,
            peer=f"10.0.{random.randrange(20)}.{random.randrange(250)}:{random.randrange(40000, 60000)}",
            subject=f"1.2.250.1.999.{random.getrandbits(60)}.{number}",
            finess=f"{690000000 + random.randrange(60) * 17:09}",
            status=250 if kind.protocol == "smtp" else 200,
        )
        made.request = Recorded([("Content-Type", kind.content_type), ("User-Agent", "Dossier/3.2")], [kind.request])
        made.response = Recorded([("Server", "socles"), ("X-Socles-Exchange", made.id)], [kind.response])
        if random.random() < 1 / 12:
            made.outcome, made.code = Outcome.REFUSED, kind.code or None
            broken = random.sample(kind.rules, random.randint(1, len(kind.rules)))
            made.findings = [rule.finding(where=f"/s:Envelope/s:Body/*[{number % 7}]", found="x") for rule in broken]
        else:
            made.events = [made.id[:-6] + "e00001"]
        if random.random() < 1 / 50:
            made.fault, made.outcome = "slow-monday", Outcome.FAULT
        if number == count // 2:
            made.subject = f"1.2.250.1.999.{NEEDLE}"
        made.duration_ms = random.lognormvariate(2.5, 0.6)
        yield made


def fill(ground: GroundSettings, count: int = 100_000, *, workspace: str = "default", epoch: int = 1) -> None:
    """Into the journal of ``ground``, SQLite or PostgreSQL; some ten seconds for 100,000."""
    settings = JournalSettings(max_exchanges=10 * count, max_bytes=2**40)
    journal = JournalStore(ground, settings)
    journal.open()
    try:
        group = []
        for one in exchanges(count, workspace=workspace, epoch=epoch):
            group.append(row(one, settings.max_body_bytes))
            if len(group) == _GROUP:
                journal._database.write(group)
                group = []
        if group:
            journal._database.write(group)
        if ground.database_url is not None:
            with journal._database.changing() as connection:  # as PostgreSQL does by itself within a minute
                connection.exec_driver_sql("ANALYZE")
    finally:
        journal.close()


if __name__ == "__main__":
    began = time.perf_counter()
    fill(GroundSettings(data_dir=Path(sys.argv[1])), *map(int, sys.argv[2:3]))
    print(f"filled in {time.perf_counter() - began:.1f} s")
