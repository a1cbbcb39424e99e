"""The command line, without starting anything."""

import socket
from importlib.metadata import version

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


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port("127.0.0.1", port) != port
    assert free_port("127.0.0.1", 0) > 0
