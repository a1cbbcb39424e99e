"""A workspace carried from one installation to another, over the public APIs: everything says the same there."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.demo.days import Programme
from support import fault_calls
from support.played import indicators, play
from support.postgres import fresh_database
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
DAYS = Programme(seed=11, establishments=3, duration=0, history=2)
SERVICES = ("ins_sim", "dmp_sim", "mss_sim", "metrics")
OWN = {
    "establishments": [
        {"finessEg": "990099991", "finessEj": "990099983", "name": "Clinique d'essai", "siret": "99003000900010"}
    ]
}


Told = tuple[str, str, str, dict[str, Any]]
"""Type, subject, time, data but for workspace and epoch."""
REFERENCE = re.compile(r'(?<="patientRef": ")[0-9a-f]{32}(?=")')


class Workspace:
    """One workspace of a running sandbox, as its users see it."""

    def __init__(self, sandbox: RunningSandbox, name: str) -> None:
        self.sandbox = sandbox
        self.name = name
        self.url = f"{sandbox.url}/w/{name}"

    def get(self, path: str, **parameters: str | int) -> Any:
        return self.sandbox.get(f"/w/{self.name}{path}", **parameters)

    def post(self, path: str, body: Any = None) -> Any:
        answer = httpx.post(f"{self.url}{path}", json=body, timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def raw(self, path: str) -> bytes:
        answer = httpx.get(f"{self.url}{path}", timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.content

    def documents(self) -> dict[str, tuple[Any, bytes]]:
        listed = self.get("/_sandbox/dmp_sim/documents", limit=1000)
        path = "/_sandbox/dmp_sim/documents"
        return {
            one["uniqueId"]: (self.get(f"{path}/{one['uniqueId']}"), self.raw(f"{path}/{one['uniqueId']}/raw"))
            for one in listed
        }

    def mails(self) -> list[tuple[Any, bytes]]:
        listed = self.get("/_sandbox/mss_sim/messages", limit=500)["messages"]
        return [(one, self.raw(f"/_sandbox/mss_sim/messages/{one['ref']}/raw")) for one in listed]

    def events(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = {}
        for service in SERVICES:
            after: int | None = 0
            while after is not None:
                page = self.get(f"/_sandbox/{service}/events", after=after, limit=1000)
                after = page["next"]
                for one in page["items"]:
                    data = {name: value for name, value in one["data"].items() if name not in ("workspace", "epoch")}
                    found.setdefault(service, []).append((one["type"], one["subject"], one["time"], data))
        return found

    def at_rest(self) -> Any:
        """Indicators, once no event is left to count and they have been the same for a second."""
        until = time.monotonic() + 40
        seen: list[Any] = []
        while len(seen) < 6:
            assert time.monotonic() < until, "never at rest"
            lag, found = self.sandbox.get("/api/lag"), indicators(self.sandbox, self.name)
            counted = lag["known"] and lag["lag"] == 0
            seen = [*seen, found] if counted and seen[-1:] in ([], [found]) else []
            time.sleep(0.2)
        return seen[-1]

    def settled(self, wanted: Any) -> Any:
        """Indicators, once they are as wanted or a while has passed."""
        until = time.monotonic() + 40
        while True:
            found = indicators(self.sandbox, self.name)
            if found == wanted or time.monotonic() > until:
                return found
            time.sleep(0.2)


@contextmanager
def running(folder: Path, url: str | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    monkeypatch.setenv("SOCLES_DATABASE_URL", url or "")
    with sandbox_in_thread(folder) as sandbox:
        yield sandbox


@pytest.fixture
def url_of(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str | None]]:
    """What a database of its own is reached by."""
    opened: list[Any] = []

    def url(kind: str) -> str | None:
        if kind == "sqlite":
            return None
        context = fresh_database(request.getfixturevalue("postgres_admin_url"))
        opened.append(context)
        found: str = context.__enter__()
        return found

    yield url
    for context in opened:
        context.__exit__(None, None, None)


POSTGRES = pytest.mark.postgres


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("sqlite", "sqlite"),
        pytest.param("sqlite", "postgres", marks=POSTGRES),
        pytest.param("postgres", "sqlite", marks=POSTGRES),
    ],
)
def test_everything_says_the_same_in_another_installation(
    source: str,
    target: str,
    url_of: Callable[[str], str | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running(tmp_path / "a", url_of(source), monkeypatch) as sandbox:
        httpx.post(f"{sandbox.url}/_sandbox/workspaces", json={"name": "demo"}, trust_env=False).raise_for_status()
        play(sandbox, "demo", DAYS)
        demo = Workspace(sandbox, "demo")
        assert fault_calls.put(demo.url, fault_calls.KEPT).status == 200
        httpx.patch(
            f"{sandbox.url}/_sandbox/workspaces/demo",
            json={"strictness": "lenient", "options": {"insi.dialect": "A"}},
            trust_env=False,
        ).raise_for_status()
        demo.post("/_sandbox/population", OWN)
        demo.post("/_sandbox/faults", {"id": "second", "service": "ins_sim", "effect": "cut", "nth": 3, "times": 1})
        for _ in range(2):
            assert fault_calls.search(demo.url).status == 200
        demo.post("/_sandbox/clock/advance", {"by": "PT90M"})
        shown, documents, mails, events = demo.at_rest(), demo.documents(), demo.mails(), demo.events()
        settings, rules = demo.get("/_sandbox/workspaces/demo"), demo.get("/_sandbox/faults")
        found = re.findall(rb'id="urn:uuid:[0-9a-f-]+"', fault_calls.find(demo.url).body)
        zipped = demo.raw("/_sandbox/workspaces/demo/archive")
    assert len(documents) > 20
    assert len(mails) > 5
    assert all(events[service] for service in SERVICES)

    with running(tmp_path / "b", url_of(target), monkeypatch) as sandbox:
        address = f"{sandbox.url}/_sandbox/workspaces/copy/archive"
        answer = httpx.post(address, content=zipped, timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        copy = Workspace(sandbox, "copy")
        assert copy.settled(shown) == shown
        assert copy.documents() == documents
        assert copy.mails() == mails
        assert copy.get("/_sandbox/faults") == rules
        assert rules[0]["seen"] == 2
        assert fault_calls.search(copy.url).dropped, "the third call meets the rule"
        again = copy.get("/_sandbox/workspaces/copy")
        assert {name: again[name] for name in ("strictness", "options")} == {
            name: settings[name] for name in ("strictness", "options")
        }
        assert copy.get("/_sandbox/clock")["offsetSeconds"] == pytest.approx(5400, abs=1)
        sites = copy.get("/_sandbox/population/establishments", limit=1000)
        assert "990099991" in {site["finessEg"] for site in sites}

        # the real wire
        assert re.findall(rb'id="urn:uuid:[0-9a-f-]+"', fault_calls.find(copy.url).body) == found
        assert documents[fault_calls.KEPT][1] in fault_calls.get(copy.url).body
        refused = fault_calls.put(copy.url, fault_calls.KEPT)
        assert b"DuplicateUniqueId" in refused.body or b"XDSDuplicate" in refused.body, refused.body

        _patients_are_this_installation_s(events, copy)
        assert httpx.post(f"{sandbox.url}/api/rebuild", timeout=60, trust_env=False).json()["equal"]
        assert indicators(sandbox, "default") != shown


def _patients_are_this_installation_s(before: dict[str, list[Told]], copy: Workspace) -> None:
    """Same events but for the references of patients, of whom a new act now makes the same one."""
    after = copy.events()
    references: dict[str, str] = {}
    for service in ("dmp_sim", "mss_sim", "metrics"):
        assert len(after[service]) >= len(before[service])
        for was, now in zip(before[service], after[service], strict=False):
            assert was[:3] == now[:3]
            assert REFERENCE.sub("", json.dumps(was[3])) == REFERENCE.sub("", json.dumps(now[3]))
            found = zip(REFERENCE.findall(json.dumps(was[3])), REFERENCE.findall(json.dumps(now[3])), strict=True)
            for old, new in found:
                assert references.setdefault(old, new) == new
    assert references
    assert not references.keys() & set(references.values())
    assert fault_calls.put(copy.url, "1.2.250.1.999.7.2").status == 200
    fresh = copy.events()["dmp_sim"][-1][3]["patientRef"]
    deposited = [data for *_, data in after["dmp_sim"] if fault_calls.KEPT in json.dumps(data)]
    assert {data["patientRef"] for data in deposited if "patientRef" in data} == {fresh}
