"""``socles homologation insi`` against a running sandbox: what it prints and writes, and with which code it ends."""

import json
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from sandbox.cli import app
from sandbox.commands import homologation
from sandbox.commands.api import Api
from support.homologation_editors import Bad, Editor, Good
from support.sandbox_thread import RunningSandbox, sandbox_in_thread

Socles = Callable[..., Result]
_SPACES = count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(tmp_path_factory.mktemp("homologation")) as running:
        yield running


@pytest.fixture
def space(served: RunningSandbox) -> str:
    name = f"essai-{next(_SPACES)}"
    httpx.post(f"{served.url}/_sandbox/workspaces", json={"name": name}, trust_env=False).raise_for_status()
    return name


@pytest.fixture
def socles(served: RunningSandbox, space: str, monkeypatch: pytest.MonkeyPatch) -> Socles:
    monkeypatch.setenv("SOCLES_URL", served.url)
    monkeypatch.setenv("SOCLES_WORKSPACE", space)
    return lambda *arguments: CliRunner().invoke(app, ["homologation", "insi", *arguments])


def play(served: RunningSandbox, space: str, case: str, kind: type[Good | Bad] = Good) -> None:
    editor = kind(f"{served.url}/w/{space}")
    editor.play(editor.report(case=case)["cases"][0])


def test_the_terminal_tells_verdicts_reasons_and_what_is_next(
    socles: Socles, served: RunningSandbox, space: str
) -> None:
    play(served, space, "2.05")
    play(served, space, "2.03-2", Bad)
    told = socles("--case", "2.03", "--case", "2.05")
    assert told.exit_code == 1
    assert "1 réussi, 1 échoué, 1 à jouer, 1 à vérifier à la main" in told.stdout
    assert "Lieu de naissance : ce n'est pas celui du cas" in told.stdout
    assert "attendu  2B020" in told.stdout
    assert "Ensuite, 2.03 cas 1" in told.stdout
    assert "D'ARTAGNAN DE L'HERAULT" in told.stdout
    assert "échoués : 1, à jouer : 1" in told.stderr


def test_a_case_that_passed_ends_with_0(socles: Socles, served: RunningSandbox, space: str) -> None:
    play(served, space, "2.05")
    found = socles("--case", "2.05", "--json")
    assert found.exit_code == 0
    report = json.loads(found.stdout)
    assert (report["passed"], report["workspace"]) == (True, space)
    assert json.loads(socles("--case", "2.05", "--format", "json").stdout)["cases"] == report["cases"]


def test_the_files_are_written(socles: Socles, served: RunningSandbox, space: str, tmp_path: Path) -> None:
    play(served, space, "2.05")
    assert socles("--format", "junit", "-o", str(tmp_path / "cases.xml")).exit_code == 1
    assert etree.parse(tmp_path / "cases.xml").getroot().get("tests") == "16"
    assert socles("--format", "html", "--case", "2.05", "-o", str(tmp_path / "cases.html")).exit_code == 0
    assert "RECSANSVITALE" in (tmp_path / "cases.html").read_text("utf-8")
    assert socles("-o", str(tmp_path / "cases.txt")).exit_code == 2
    assert not (tmp_path / "cases.txt").exists()


def test_filters_are_handed_on(socles: Socles, served: RunningSandbox, space: str) -> None:
    editor = Editor(f"{served.url}/w/{space}")
    editor.search("PROVISOIRE", ["MATRICULE"], "M", "2009-07-01", assertion=False)
    assert socles("--case", "2.05").exit_code == 1
    assert socles("--case", "2.05", "--unauthenticated").exit_code == 0
    assert socles("--case", "2.05", "--unauthenticated", "--software", "autre").exit_code == 1
    assert socles("--case", "2.05", "--unauthenticated", "--since", "2000-01-01").exit_code == 0
    assert socles("--case", "2.05", "--unauthenticated", "--since", "2999-01-01").exit_code == 1


def test_what_was_sent_again_by_hand_is_not_the_softwares(socles: Socles, served: RunningSandbox, space: str) -> None:
    """Not even the mended request, which is accepted."""
    Editor(f"{served.url}/w/{space}").search("PROVISOIRE", ["Matricule"], "M", "2009-07-01")
    again = CliRunner().invoke(app, ["exchange", "replay", "last", "--mended"])
    assert again.exit_code == 0
    told = socles("--case", "2.05")
    assert told.exit_code == 1
    assert "Messages rejoués, laissés de côté : 1" in told.stdout


def test_an_unknown_case_is_no_and_says_which_there_are(socles: Socles) -> None:
    none = socles("--case", "9.99")
    assert none.exit_code == 1
    assert "2.08-2" in none.stderr


def test_another_software_is_pointed_out(socles: Socles, served: RunningSandbox, space: str) -> None:
    play(served, space, "2.05")
    Editor(f"{served.url}/w/{space}", name="autre").search("CORSE", ["ANTHONY"], "M", "1980-03-02")
    assert "Autres logiciels, laissés de côté (--software) : GE000000000/essai" in socles().stdout


def test_watching_tells_each_change_and_ends_when_all_is_played(
    socles: Socles, served: RunningSandbox, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tester() -> None:
        play(served, space, "2.05", Bad)
        play(served, space, "2.05")

    thread = threading.Thread(target=tester)

    def listening(api: Api) -> Iterator[None]:
        for position, heard in enumerate(calls(api)):
            if position == 0:
                thread.start()
            yield heard

    calls = homologation._calls
    monkeypatch.setattr(homologation, "_calls", listening)
    told = socles("--watch", "--case", "2.05")
    thread.join(30)
    assert told.exit_code == 0
    assert "2.05  réussi  Ce que le cas demande a été envoyé." in told.stderr
    assert "1 réussi, 0 échoué" in told.stdout
