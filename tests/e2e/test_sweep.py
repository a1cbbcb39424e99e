"""What nobody can see any more is removed; everything else stays as it is, and a rebuild finds nothing amiss."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from support.played import indicators, play
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
SERVICES = ("ins_sim", "dmp_sim", "mss_sim", "metrics", "journal")
FORGOTTEN = {"relay_head", "high_water"}


@pytest.fixture
def sandbox(tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    monkeypatch.setenv("SOCLES_CONTROL_SWEEP_SECONDS", "0.3")
    monkeypatch.setenv("SOCLES_CONTROL_KEEP_DEAD_SECONDS", "1")
    monkeypatch.setenv("SOCLES_CONTROL_CONTENTS_SECONDS", "2")
    monkeypatch.setenv("SOCLES_CONTROL_ESTABLISHMENTS", "3")
    monkeypatch.setenv("SOCLES_DATABASE_URL", database or "")
    with sandbox_in_thread(tmp_path) as running:
        yield running


class Rows:
    """How many rows of a workspace each schema's tables hold, read as from outside."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self._folder = folder
        self._url = url

    def count(self, workspace: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for service in SERVICES:
            rows = self._sqlite(service, workspace) if self._url is None else self._postgres(service, workspace)
            found.update({f"{service}.{table}": count for table, count in rows.items() if count})
        return found

    def contents(self) -> tuple[int, int]:
        """How many contents the DMP keeps, and how many its documents and signatures refer to."""
        stored, referred = "SELECT count(*) FROM {}blob", "SELECT count(DISTINCT sha256) FROM {}document_entry"
        if self._url is not None:
            with psycopg.connect(self._url) as raw:
                found = [raw.execute(one.format("dmp_sim.").encode()).fetchone() for one in (stored, referred)]
        else:
            lite = sqlite3.connect(self._folder / "dmp_sim.db", timeout=10)
            found = [lite.execute(one.format("")).fetchone() for one in (stored, referred)]
            lite.close()
        first, second = (row[0] for row in found if row is not None)
        return first, second

    def _sqlite(self, service: str, workspace: str) -> dict[str, int]:
        raw = sqlite3.connect(self._folder / f"{service}.db", timeout=10)
        try:
            tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            columns = {table: [row[1] for row in raw.execute(f"PRAGMA table_info({table})")] for table in tables}
            return {
                table: raw.execute(f"SELECT count(*) FROM {table} WHERE {self._where(names)}", (value,)).fetchone()[0]
                for table, names in columns.items()
                if (value := self._value(service, names, workspace)) is not None
            }
        finally:
            raw.close()

    def _postgres(self, service: str, workspace: str) -> dict[str, int]:
        assert self._url is not None
        with psycopg.connect(self._url) as raw:
            columns: dict[str, list[str]] = {}
            wanted = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
            for table, column in raw.execute(wanted, (service,)):
                columns.setdefault(table, []).append(column)
            found = {}
            for table, names in columns.items():
                value = self._value(service, names, workspace)
                if value is not None:
                    text = f'SELECT count(*) FROM {service}."{table}" WHERE {self._where(names)}'.replace("?", "%s")
                    row = raw.execute(text.encode(), (value,)).fetchone()
                    assert row is not None
                    found[table] = row[0]
            return found

    @staticmethod
    def _where(names: list[str]) -> str:
        return "workspace = ?" if "workspace" in names else "source LIKE ?"

    @staticmethod
    def _value(service: str, names: list[str], workspace: str) -> str | None:
        if "workspace" in names:
            return workspace
        return f"/socles/%/{workspace}" if "source" in names else None


def settled(rows: Rows, workspace: str, allowed: set[str]) -> Counter[str]:
    """What is left of a workspace once nothing but ``allowed`` tables is, or after half a minute."""
    until = time.monotonic() + 30
    while True:
        left = rows.count(workspace)
        if {name.partition(".")[2] for name in left} <= allowed or time.monotonic() > until:
            return left
        time.sleep(0.3)


@pytest.fixture
def http(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, timeout=60, trust_env=False) as client:
        yield client


def test_a_deleted_workspace_and_an_ended_epoch_go_and_the_rest_stays(
    sandbox: RunningSandbox, http: httpx.Client, tmp_path: Path, database: str | None
) -> None:
    rows = Rows(tmp_path, database)
    nameless = http.post("/_sandbox/workspaces", json={}).json()["name"]
    for workspace in ("kept", "named", nameless):
        play(sandbox, workspace)
    before, kept = rows.count(nameless), rows.count("kept")
    assert before.keys() >= {"dmp_sim.document_entry", "mss_sim.message", "mss_sim.delivery", "metrics.grain"}
    assert before.keys() >= {"ins_sim.outbox", "metrics.outbox", "metrics.api_stay", "journal.exchange"}
    shown = indicators(sandbox, "kept")
    assert http.delete(f"/_sandbox/workspaces/{nameless}").status_code == 204
    assert http.delete("/_sandbox/workspaces/named").status_code == 204
    play(sandbox, "kept")  # empties it first
    # the last event of a log stays, so that whoever reads the log finds its end; so do the numbers of such a source
    for workspace in (nameless, "named"):
        left = settled(rows, workspace, {"outbox", *FORGOTTEN})
        assert {name.partition(".")[2] for name in left} <= {"outbox", *FORGOTTEN}, left
        assert sum(count for name, count in left.items() if name.endswith("outbox")) <= 5 * 12
        assert sum(left.values()) < sum(before.values()) / 4
    until = time.monotonic() + 30
    while rows.count("kept")["metrics.grain"] > kept["metrics.grain"] and time.monotonic() < until:
        time.sleep(0.3)
    after = rows.count("kept")
    assert {name: after[name] for name in ("dmp_sim.document_entry", "mss_sim.message", "metrics.grain")} == {
        name: kept[name] for name in ("dmp_sim.document_entry", "mss_sim.message", "metrics.grain")
    }, "the day was played anew in another epoch: twice the rows would be the ended one's"
    assert indicators(sandbox, "kept") == shown
    until = time.monotonic() + 30
    while rows.contents()[0] > rows.contents()[1] and time.monotonic() < until:
        time.sleep(0.3)
    assert rows.contents()[0] == rows.contents()[1] > 0, "those of the others have gone"
    documents = sandbox.get("/w/kept/_sandbox/dmp_sim/documents", limit=1000)
    assert documents
    for one in documents:
        raw = http.get(f"/w/kept/_sandbox/dmp_sim/documents/{one['uniqueId']}/raw")
        assert len(raw.content) == one["size"]
    rebuilt = http.post("/api/rebuild").json()
    assert rebuilt["equal"], rebuilt
    assert indicators(sandbox, "kept") == shown
