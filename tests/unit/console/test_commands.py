"""Commands that send a message again: what a hostile value does to the shell."""

import shlex
from typing import Any

from console.commands import replay
from console.reading.body import Body


def body(*headers: tuple[str, str], size: int = 9, cut: bool = False) -> Body:
    return Body(headers, b"", {}, size, cut)


SOAP: dict[str, Any] = {"protocol": "soap", "path": "/lps", "redacted": False}
SMTP: dict[str, Any] = {"protocol": "smtp", "path": None, "redacted": False}


def words(command: str | None) -> list[str]:
    assert command is not None
    return shlex.split(command.replace("\\\n", " "))


def test_soap_is_sent_with_the_headers_that_matter() -> None:
    kind = 'multipart/related; boundary="it\'s"; $(reboot)'
    found = words(replay(SOAP, body(("content-type", kind), ("user-agent", "x")), "http://h:1/w/e", "/b", 25))
    assert found[:4] == ["curl", "-sS", "http://h:1/w/e/b", "|"]
    assert found[found.index("-H") + 1] == f"Content-Type: {kind}"
    assert "X-Socles-Replay: curl" in found
    assert found[-1] == "http://h:1/w/e/lps"


def test_a_mail_goes_to_the_same_recipients() -> None:
    dialogue = body(
        ("MAIL", "FROM:<a@x> size=9"), ("RCPT", "TO:<b@x;reboot>"), ("RCPT", "TO:<c@x>"), ("DATA", "9 octets")
    )
    found = words(replay(SMTP, dialogue, "http://[::1]:8080", "/b", 2587))
    assert [found[at + 1] for at, word in enumerate(found) if word == "--mail-rcpt"] == ["b@x;reboot", "c@x"]
    assert found[-1] == "smtp://[::1]:2587"


def test_what_cannot_be_sent_again_has_no_command() -> None:
    assert replay(SOAP | {"redacted": True}, body(), "http://h", "/b", 25) is None
    assert replay(SOAP, body(cut=True), "http://h", "/b", 25) is None
    assert replay(SOAP, body(size=0), "http://h", "/b", 25) is None
    assert replay(SOAP | {"path": None}, body(), "http://h", "/b", 25) is None
    assert replay(SMTP, body(("AUTH", "x")), "http://h", "/b", 25) is None
