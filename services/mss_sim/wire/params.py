"""Addresses and parameters of MAIL and RCPT (RFC 5321 §4.1.2, RFC 1870, RFC 6152, RFC 3461).

Clients write parameters in any order and case (domain/mssante.md §5.5); unknown ones are refused with 555, as RFC 5321
§4.1.1.11 asks.
"""

import re
from dataclasses import dataclass
from typing import Final

_PATH: Final = re.compile(
    r"\s*<(?:@[^:<>\s]+:)?(?P<path>(?:\"(?:[^\"\\]|\\.)*\"|[^<>\s\"@])*(?:@[^<>\s@]+)?)>(?P<rest>(?:\s.*)?)$"
)
_BARE: Final = re.compile(r"\s*(?P<path>[^<>\s@]+@[^<>\s@]+)(?P<rest>(?:\s.*)?)$")
_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_NOTIFY: Final = frozenset({"SUCCESS", "FAILURE", "DELAY"})


class BadParameter(ValueError):
    """A command that cannot be obeyed; ``reply`` is the whole answer."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class MailParams:
    """What MAIL asked for."""

    size: int | None = None
    body: str = "7BIT"
    ret: str = "FULL"
    """``FULL`` or ``HDRS``: what a report carries back."""
    envid: str | None = None
    """Original-Envelope-Id, xtext undone."""


@dataclass(frozen=True, slots=True)
class RcptParams:
    """What RCPT asked for."""

    notify: frozenset[str] = frozenset({"FAILURE"})
    """Among SUCCESS, FAILURE, DELAY; empty for NEVER. RFC 3461 §4.1: without NOTIFY, failures are reported."""
    orcpt: str | None = None
    """Original-Recipient (``rfc822;a@b``), xtext undone."""


def parse_path(argument: str, keyword: str) -> tuple[str, str]:
    """``FROM:<a@b> SIZE=1`` → (``a@b``, ``SIZE=1``); the null path gives an empty address. Raises ``BadParameter``."""
    head, colon, tail = argument.partition(":")
    if not colon or head.strip().upper() != keyword:
        raise BadParameter(f"501 5.5.4 Syntax: {'MAIL' if keyword == 'FROM' else 'RCPT'} {keyword}:<address>")
    match = _PATH.match(tail) or _BARE.match(tail)
    if match is None:
        raise BadParameter("553 5.1.3 Malformed address")
    return match["path"], match["rest"].strip()


def parse_mail(rest: str) -> MailParams:
    """The parameters of MAIL. Raises ``BadParameter``."""
    size: int | None = None
    body, ret = "7BIT", "FULL"
    envid: str | None = None
    for name, value in _pairs(rest):
        match name:
            case "SIZE" if value.isascii() and value.isdigit() and len(value) <= 20:
                size = int(value)
            case "BODY" if value.upper() in {"7BIT", "8BITMIME"}:
                body = value.upper()
            case "RET" if value.upper() in {"FULL", "HDRS"}:
                ret = value.upper()
            case "ENVID" if value:
                envid = unxtext(value)
            case "AUTH" if value:
                pass  # RFC 4954 §5: accepted, and not trusted
            case "SIZE" | "BODY" | "RET" | "ENVID" | "AUTH":
                raise BadParameter(f"501 5.5.4 Bad value for {name}")
            case _:
                raise BadParameter(f"555 5.5.4 MAIL parameter {name} not recognized")
    return MailParams(size, body, ret, envid)


def parse_rcpt(rest: str) -> RcptParams:
    """The parameters of RCPT. Raises ``BadParameter``."""
    notify = frozenset({"FAILURE"})
    orcpt: str | None = None
    for name, value in _pairs(rest):
        match name:
            case "NOTIFY":
                asked = frozenset(value.upper().split(","))
                if asked == {"NEVER"}:
                    notify = frozenset()
                elif asked and asked <= _NOTIFY:
                    notify = asked
                else:
                    raise BadParameter("501 5.5.4 Bad value for NOTIFY")
            case "ORCPT" if ";" in value:
                orcpt = unxtext(value)
            case "ORCPT":
                raise BadParameter("501 5.5.4 Bad value for ORCPT")
            case _:
                raise BadParameter(f"555 5.5.4 RCPT parameter {name} not recognized")
    return RcptParams(notify, orcpt)


def unxtext(value: str) -> str:
    """Undo RFC 3461 §4 xtext: ``+2B`` → ``+``. Hex digits are upper case by the RFC; lower case is left alone."""
    return _XTEXT.sub(lambda match: chr(int(match[1], 16)), value)


def _pairs(rest: str) -> list[tuple[str, str]]:
    pairs = []
    for word in rest.split():
        name, _, value = word.partition("=")
        if not name.replace("-", "").isalnum():
            raise BadParameter("501 5.5.4 Syntax error in parameters")
        pairs.append((name.upper(), value))
    return pairs
