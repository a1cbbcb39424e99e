"""The commands that ask a running sandbox, against one: what they print, and with which code they end."""

import json
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from typer.testing import CliRunner, Result

from sandbox.cli import app
from sandbox.commands.options import workspace_names
from support.insi import CONTENT_TYPE, blocks, message, zoe
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

EXAMPLE = Path(__file__).parents[3] / "docs/examples/iti41-curl/iti41-request.mime"
KIND = (
    'multipart/related; type="application/xop+xml"; boundary="uuid:5f0c1a52-6f0e-4c7e-9d0a-3b1d0c5ea001"; '
    'start="<root.message@cxf.apache.org>"; start-info="application/soap+xml"'
)
Socles = Callable[..., Result]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("commands")) as running:
        yield running


@pytest.fixture
def socles(served: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Socles:
    monkeypatch.setenv("SOCLES_URL", served.url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def space(socles: Socles) -> str:
    name = f"essai-{uuid4().hex[:12]}"
    made = socles("workspace", "create", name)
    assert (made.exit_code, made.stdout.strip()) == (0, name)
    return name


def deposit(served: RunningSandbox, space: str) -> str:
    """The exchange's link."""
    answer = httpx.post(
        f"{served.url}/w/{space}/si-dmp-server/v2/services/repository",
        content=EXAMPLE.read_bytes(),
        headers={"Content-Type": KIND},
        trust_env=False,
    )
    return str(answer.headers["x-socles-exchange"])


def test_status_tells_what_is_there(socles: Socles, space: str) -> None:
    found = json.loads(socles("status", "-w", space, "--json").stdout)

    assert found["ready"]["ready"] is True
    assert found["workspace"]["name"] == space
    assert found["population"]["establishments"] == 20
    assert "dmp_sim" in socles("status").stdout


def test_without_a_sandbox_the_code_is_3_and_the_message_helps(socles: Socles) -> None:
    gone = socles("status", "--url", "http://127.0.0.1:9")

    assert gone.exit_code == 3
    assert "socles up" in gone.stderr
    assert gone.stdout == ""


def test_an_exchange_from_its_link_with_its_findings(socles: Socles, served: RunningSandbox, space: str) -> None:
    deposit(served, space)
    link = deposit(served, space)

    shown = socles("exchange", "show", link, "-w", space)
    listed = json.loads(socles("exchange", "list", "-w", space, "--outcome", "refused", "--json").stdout)

    assert shown.exit_code == 0
    assert "dmp.duplicate.registered" in shown.stdout
    assert "Le document est déjà au DMP" in shown.stdout  # the remedy
    assert [entry["id"] for entry in listed] == [link.rpartition("/")[2]]


def test_an_exchange_of_insi_tells_what_the_real_service_would_have_done(
    socles: Socles, served: RunningSandbox, space: str
) -> None:
    raw = message(zoe(), blocks(idam="FAKE-IDAM"))
    httpx.post(f"{served.url}/w/{space}/lps", content=raw, headers={"Content-Type": CONTENT_TYPE}, trust_env=False)

    shown = " ".join(socles("exchange", "show", "last", "-w", space).stdout.split())

    assert "Le service réel aurait refusé ce message avec desir_550." in shown
    assert "le service national refuse" in shown


def test_last_and_the_bytes_of_a_body(socles: Socles, served: RunningSandbox, space: str, tmp_path: Path) -> None:
    deposit(served, space)
    written = tmp_path / "request.mime"

    assert socles("exchange", "body", "last", "-w", space, "-o", str(written)).exit_code == 0
    assert written.read_bytes() == EXAMPLE.read_bytes()
    shown = socles("exchange", "show", "last", "-w", space, "--bodies").stdout
    assert "ProvideAndRegisterDocumentSetRequest" in shown


def test_replaying_a_refused_deposit_is_told_by_the_exit_code(
    socles: Socles, served: RunningSandbox, space: str
) -> None:
    deposit(served, space)
    before = json.loads(socles("exchange", "list", "-w", space, "--json").stdout)

    again = socles("exchange", "replay", "last", "-w", space, "--json")

    assert again.exit_code == 1
    made = json.loads(again.stdout)
    assert made["code"] == "XDSDuplicateUniqueIdInRegistry"
    assert made["id"] not in {entry["id"] for entry in before}
    assert made["workspace"] == space


def test_an_unknown_exchange_is_no_and_says_so(socles: Socles, space: str) -> None:
    none = socles("exchange", "show", "last", "-w", space)
    unknown = socles("exchange", "show", "01a22d97-0265-78cd-9824-000000000000", "-w", space)

    assert (none.exit_code, unknown.exit_code) == (1, 1)
    assert "aucun échange" in none.stderr
    assert "Introuvable" in unknown.stderr


def test_a_fault_by_hand_fires_and_is_counted(socles: Socles, served: RunningSandbox, space: str) -> None:
    added = socles(
        "fault", "add", "-w", space, "--effect", "refuse", "--code", "XDSRepositoryBusy",
        "--service", "dmp_sim", "--times", "1", "--id", "busy", "--match", "path=*/repository",
    )  # fmt: skip
    deposit(served, space)
    listed = json.loads(socles("fault", "list", "-w", space, "--json").stdout)

    assert (added.exit_code, added.stdout.strip()) == (0, "busy")
    assert [(rule["id"], rule["fired"], rule["match"]) for rule in listed] == [("busy", 1, {"path": "*/repository"})]
    assert socles("fault", "remove", "busy", "-w", space).exit_code == 0
    assert socles("fault", "remove", "busy", "-w", space).exit_code == 1


def test_nonsense_is_usage_and_a_refusal_is_told(socles: Socles, space: str) -> None:
    assert socles("fault", "add", "-w", space).exit_code == 2
    assert socles("workspace", "create", "x", "--option", "noequals").exit_code == 2
    assert socles("workspace", "create", "Bad_Name").exit_code == 4
    assert socles("workspace", "create", space).exit_code == 4


def test_a_workspace_is_changed_emptied_and_deleted(socles: Socles, served: RunningSandbox, space: str) -> None:
    socles("workspace", "set", space, "--strictness", "lenient", "--option", "a=1")
    socles("workspace", "set", space, "--option", "b=2")
    found = json.loads(socles("workspace", "show", space, "--json").stdout)
    deposit(served, space)

    assert (found["strictness"], found["options"]) == ("lenient", {"a": "1", "b": "2"})
    assert "époque 2" in socles("workspace", "reset", space).stdout
    assert json.loads(socles("exchange", "list", "-w", space, "--json").stdout) == []
    assert socles("workspace", "delete", space).exit_code == 0
    assert socles("workspace", "show", space).exit_code == 1


def test_tail_follows_and_ends_after_so_many(socles: Socles, served: RunningSandbox, space: str) -> None:
    def send() -> None:
        for _ in range(40):
            if done.is_set():
                return
            deposit(served, space)
            time.sleep(0.1)

    done = threading.Event()
    sender = threading.Thread(target=send)
    sender.start()
    try:
        followed = socles("tail", "-w", space, "--findings", "-n", "2", "--json")
    finally:
        done.set()
        sender.join()

    lines = [json.loads(line) for line in followed.stdout.splitlines()]
    assert [line["code"] for line in lines] == ["XDSDuplicateUniqueIdInRegistry"] * 2


def test_seed_without_a_number_tells_and_a_file_adds(socles: Socles, space: str, tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text('{"boxes": [{"address": "dpi@recette.mssante.example", "type": "APP"}]}', encoding="utf-8")
    before = json.loads(socles("status", "-w", space, "--json").stdout)["population"]["boxes"]

    added = json.loads(socles("seed", "-w", space, "--people", str(people), "--json").stdout)

    assert added["boxes"] == before + 1
    assert json.loads(socles("seed", "--json").stdout)["seed"] == 1
    people.write_text("{", encoding="utf-8")
    assert socles("seed", "-w", space, "--people", str(people)).exit_code == 2


def test_hosts_and_trust_tell_what_to_do(socles: Socles, served: RunningSandbox, tmp_path: Path) -> None:
    pem = tmp_path / "socles.pem"
    trusted = socles("trust", "--java", "-o", str(pem))

    assert trusted.exit_code == 0
    assert pem.read_text().count("-----BEGIN CERTIFICATE-----") == 1
    with smtplib.SMTP(served.smtp[0], served.smtp[1], timeout=20) as client:
        assert client.starttls(context=ssl.create_default_context(cafile=str(pem)))[0] == 220
    assert f"keytool -importcert -noprompt -alias socles -file {pem}" in trusted.stdout
    assert "update-ca-certificates" not in trusted.stdout
    told = json.loads(socles("trust", "--system", "-o", str(pem), "--json").stdout)
    assert "update-ca-certificates" in told["commands"]
    assert "127.0.0.1\tlps2.dmp.gouv.fr" in socles("hosts", "--file").stdout
    assert socles("trust", "--url", "http://127.0.0.1:9", "-o", str(pem)).exit_code == 3


def test_open_prints_the_console_of_a_workspace(socles: Socles, served: RunningSandbox, space: str) -> None:
    exchange = deposit(served, space).rpartition("/")[2]

    opened = socles("open", exchange, "-w", space, "--print")

    assert opened.stdout.strip() == f"{served.url}/w/{space}/console/exchanges/{exchange}"
    assert json.loads(socles("open", "-w", space, "--json").stdout) == {"url": f"{served.url}/w/{space}/console/"}
    assert socles("open", "no-such", "-w", space, "--print").exit_code == 1


def test_completion_knows_the_workspaces_and_is_silent_without_a_sandbox(
    socles: Socles, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace_names(space[:10]) == [space]
    monkeypatch.setenv("SOCLES_URL", "http://127.0.0.1:9")
    assert workspace_names("d") == []


def test_snapshots_are_taken_listed_restored_and_deleted(socles: Socles, space: str) -> None:
    for command in ("take", "restore"):
        assert socles("snapshot", command, "avant", "-w", space).exit_code == 0
    listed = socles("snapshot", "list", "-w", space)
    assert listed.exit_code == 0
    assert "avant" in listed.stdout
    assert socles("snapshot", "delete", "avant", "-w", space).exit_code == 0
    assert json.loads(socles("snapshot", "list", "-w", space, "--json").stdout) == []
