"""What the command line says when the sandbox refuses: what is wrong, and what is allowed, in French and in English."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from sandbox.cli import app
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

Socles = Callable[..., Result]
REFUSED = 4


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("refusals")) as running:
        yield running


@pytest.fixture
def socles(served: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Socles:
    monkeypatch.setenv("SOCLES_URL", served.url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    ("command", "french", "english"),
    [
        ("workspace create A_B", "body/name: « A_B » n'est pas admis ; admis : 1 à 40 car", "allowed: 1 to 40 char"),
        ("workspace create t-0123456789ab", "sont donnés par le bac à sable", "are given by the sandbox"),
        ("snapshot take A/B", "body/name: « A/B » n'est pas admis", "allowed: 1 to 60 characters"),
        ("pki revoke nope", "path/serial: « nope » n'est pas admis ; admis : un numéro", "allowed: a serial number"),
        ("pki distrust nope", "path/fingerprint: « nope » n'est pas admis", "allowed: a SHA-256 fingerprint"),
        ("pki issue nope -o x.pem", "body/kind: valeurs admises : 'server',", "Input should be 'server',"),
        (
            "workspace create a --option assertions.lots=strcit",
            "admis : off, warn, strict",
            "allowed: off, warn, strict",
        ),
        ("workspace set default --option insi.batch.lines=0", "admis : 1 à 5000", "allowed: 1 to 5000"),
        ("workspace set default --option psc.logni=auto", "peut-être psc.login", "perhaps psc.login"),
    ],
)
def test_what_is_wrong_and_what_is_allowed(socles: Socles, command: str, french: str, english: str) -> None:
    refused = socles(*command.split())
    assert refused.exit_code == REFUSED
    assert french in refused.stderr
    assert english in refused.stderr


def test_an_option_that_is_refused_changes_nothing(socles: Socles) -> None:
    assert socles("workspace", "set", "default", "--option", "assertions.lots=warn").exit_code == 0
    wrong = ("--option", "assertions.lots=?", "--strictness", "lenient")
    assert socles("workspace", "set", "default", *wrong).exit_code == REFUSED
    found = json.loads(socles("workspace", "show", "default", "--json").stdout)
    assert (found["options"], found["strictness"]) == ({"assertions.lots": "warn"}, "official")


@pytest.mark.parametrize("path", ["/fhir/Patient/nobody", "/auth/realms/esante-wallet/protocol/openid-connect/auth"])
def test_what_has_no_menders_is_told_plainly(socles: Socles, served: RunningSandbox, path: str) -> None:
    link = httpx.get(f"{served.url}{path}", trust_env=False).headers["x-socles-exchange"]
    refused = socles("exchange", "mend", link)
    assert refused.exit_code == REFUSED
    assert "Seuls se corrigent les appels SOAP (INSi, DMP) et les messages remis à MSSanté." in refused.stderr
    assert "Only SOAP calls (INSi, DMP) and mails given to MSSanté are mended." in refused.stderr


def test_the_api_says_the_same_of_fhir(served: RunningSandbox) -> None:
    exchange = httpx.get(f"{served.url}/fhir/Patient/nobody", trust_env=False).headers["x-socles-exchange"]
    path = f"/_sandbox/ins_sim/mended/{exchange.rpartition('/')[2]}"
    refused = httpx.get(f"{served.url}{path}", trust_env=False)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "mending.protocol")


def test_an_archive_is_written_where_o_says(socles: Socles, tmp_path: Path) -> None:
    archive = tmp_path / "default.zip"
    assert socles("workspace", "export", "default").exit_code == 2
    assert socles("workspace", "export", "default", "-o", str(archive)).exit_code == 0
    assert zipfile.is_zipfile(archive)
    assert socles("workspace", "import", str(archive), "rendu").exit_code == 0
