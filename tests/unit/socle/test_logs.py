"""Logs: two shapes, and no personal data in either."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from socle.logs import LogFormat, LogSettings, configure, mask


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(format_: LogFormat, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    configure(LogSettings(format=format_, level=level), stream)
    return stream


def test_json_lines_carry_level_time_and_fields() -> None:
    stream = lines(LogFormat.JSON)
    structlog.get_logger("here").info("act stored", exchange="e1", number=3)
    line = json.loads(stream.getvalue())
    assert line.items() >= {"event": "act stored", "exchange": "e1", "number": 3, "level": "info"}.items()
    assert line["logger"] == "here"
    assert line["timestamp"].endswith("Z")


def test_libraries_log_the_same_way() -> None:
    stream = lines(LogFormat.JSON)
    logging.getLogger("uvicorn.error").warning("port %d", 80)
    assert json.loads(stream.getvalue())["event"] == "port 80"


def test_console_lines_are_for_the_eye_and_auto_means_json_off_a_terminal() -> None:
    stream = lines(LogFormat.CONSOLE)
    structlog.get_logger().warning("hello", who="you")
    assert "hello" in stream.getvalue()
    assert "who" in stream.getvalue()
    stream = lines(LogFormat.AUTO)
    structlog.get_logger().warning("hello")
    assert json.loads(stream.getvalue())["event"] == "hello"


def test_the_level_is_a_setting() -> None:
    stream = lines(LogFormat.JSON, "ERROR")
    structlog.get_logger().warning("quiet")
    logging.getLogger("x").warning("quiet")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("format_", [LogFormat.JSON, LogFormat.CONSOLE])
def test_no_matricule_and_no_citizen_address_is_ever_written(format_: LogFormat) -> None:
    stream = lines(format_)
    structlog.get_logger().info("found 279035121518989", to="160012B02077713@patient.mssante.fr")
    try:
        raise ValueError("297022A020778 is wrong")
    except ValueError:
        structlog.get_logger().exception("oops")
    logging.getLogger("lib").error("sent to %s", "279035121518989@PATIENT.mssante.fr")
    written = stream.getvalue().upper()
    assert "OOPS" in written
    for secret in ("279035121518989", "160012B", "297022A"):
        assert secret not in written


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T15:30:00.123456Z",
        "exchange 0193a5d2-1e2f-7000-8000-279035121518",
        "FINESS 690000013, RPPS 10003456789, SIRET 99003000900010",
        "1.2.250.1.213.1.4.10",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_a_traceback_for_the_eye_shows_no_local_variable() -> None:
    stream = lines(LogFormat.CONSOLE)
    received = "-".join(["PAT", "TROIS"])
    try:
        raise ValueError(len(received))
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError: 9" in stream.getvalue()
    assert received not in stream.getvalue()
