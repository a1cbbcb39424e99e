"""The command line, without starting anything."""

import socket
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.launcher import free_port

RUN = CliRunner()


def test_version_is_the_installed_one() -> None:
    assert RUN.invoke(app, ["version"]).output.strip() == version("socles")


def test_json_without_once_is_refused() -> None:
    result = RUN.invoke(app, ["demo", "--json"])

    assert result.exit_code == 2
    assert "--once" in result.output


def test_hidden_option_is_not_advertised() -> None:
    assert "--forget" not in RUN.invoke(app, ["demo", "--help"]).output


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = RUN.invoke(app, ["up", "--port", "0", "--smtp-port", port, "--data-dir", str(tmp_path / "data")])

    assert isinstance(refused.exception, OSError)
    assert f"127.0.0.1:{port} ; --smtp-port" in str(refused.exception)
    assert "chooses another port" in str(refused.exception)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("flag", ["--port", "--smtp-port", "--smtps-port", "--tls-port", "--mutual-port"])
def test_a_number_that_is_no_port_is_refused(flag: str) -> None:
    assert RUN.invoke(app, ["up", flag, "65536"]).exit_code == 2


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port("127.0.0.1", port) != port
    assert free_port("127.0.0.1", 0) > 0
