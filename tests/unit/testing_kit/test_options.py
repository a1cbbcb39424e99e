"""What the plugin is told, by whom first, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from socles.testing import options
from socles.testing.options import Options

Read = Callable[..., Options]


@pytest.fixture
def read(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Read:
    for name in ("URL", "SMTP", "TLS", "MUTUAL", "COMMAND", "IMAGE", "COMPOSE", "FAIL_ON", "TIMEOUT", "REPORT"):
        monkeypatch.delenv(f"SOCLES_TESTING_{name}", raising=False)

    def read(*arguments: str) -> Options:
        return options.read(pytester.parseconfig(*arguments))

    return read


def test_nothing_said_is_in_this_process(read: Read) -> None:
    assert read() == Options(fail_on="error", timeout=5.0)


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    read: Read, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeini("[pytest]\nsocles_fail_on = warning\nsocles_timeout = 9\nsocles_url = http://file:1\n")
    monkeypatch.setenv("SOCLES_TESTING_TIMEOUT", "8")
    monkeypatch.setenv("SOCLES_TESTING_URL", "http://environment:1")

    found = read("--socles-url=http://line:1")

    assert (found.fail_on, found.timeout, found.url) == ("warning", 8.0, "http://line:1")


def test_files_are_meant_from_where_pytest_was_called(read: Read, pytester: pytest.Pytester) -> None:
    assert read("--socles-report=out/socles.sarif").report == Path(pytester.path) / "out/socles.sarif"
    assert read("--socles-compose=docker-compose.yml").compose == Path(pytester.path) / "docker-compose.yml"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--socles-url=http://a", "--socles-image=socles:local"], "--socles-url, --socles-image"),
        (["--socles-fail-on=info"], "error, warning, never"),
        (["--socles-report=out.txt"], ".sarif, .xml"),
        (["--socles-url=a:8080"], "a:8080"),
        (["--socles-url=http://a", "--socles-smtp=b"], "host:port"),
        (["--socles-url=http://a", "--socles-command=socles"], "--socles-url, --socles-command"),
        (["--socles-url=http://a", "--socles-mutual=http://a:9443"], "https://host:port"),
        (["--socles-timeout=soon"], "soon"),
    ],
)
def test_what_cannot_be_meant_is_refused(read: Read, arguments: list[str], said: str) -> None:
    with pytest.raises(pytest.UsageError) as refused:
        read(*arguments)

    assert said in str(refused.value)
