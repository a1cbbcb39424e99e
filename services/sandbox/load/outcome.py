"""What an act came to, told from the answer alone."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sandbox.load.acts import Act


class Kind(StrEnum):
    """How an act ended, as its sender knows it."""

    ACCEPTED = "accepted"
    OVERLOAD = "overload"
    """Refused because there is too much to do: XDSRepositoryBusy, desir_1020, HTTP 503, SMTP 421, 451 …"""
    RULE = "rule"
    """Refused for what it says; the code tells why."""
    UNREACHED = "unreached"
    """No connection could be made: surely not done."""
    LOST = "lost"
    """Sent, and no answer came, or none that tells: it may have been done."""
    HELD = "held"
    """Never sent: as many acts as allowed were under way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``code``: of a refusal, of the error, or CodeCR."""

    kind: Kind
    code: str = ""
    whole: bool = True
    """Of a refusal by rule: the service read the act whole, and so tells of it in events."""


ACCEPTED = Outcome(Kind.ACCEPTED)
_BUSY = frozenset({"XDSRepositoryBusy", "XDSRegistryBusy"})
_INSI_BUSY = "desir_1020"
"""The front end of INSi says it with status 500 (domain/insi.md §1.9)."""
_UNAVAILABLE = 503
_GATEWAY = frozenset({502, 504})
_SUCCESS = b'ResponseStatusType:Success"'
_ERROR_CODE = re.compile(rb'errorCode="([^"]*)"')
_CODE_CR = re.compile(rb"CodeCR>(\d\d)<")
_ERREUR = re.compile(rb'<siram:Erreur[^>]*?\scode="([^"]*)"')
_VALUE = re.compile(rb"Value>(?:\w+:)?([\w.-]+)<")
_TEMPORARY = ("421", "450", "451", "452", "454")


def of_http(act: Act, status: int, body: bytes) -> Outcome:
    """The outcome of an HTTP answer."""
    if status == _UNAVAILABLE:
        return Outcome(Kind.OVERLOAD, "503")
    if status in _GATEWAY:  # a proxy speaks: what is behind it may have done the act
        return Outcome(Kind.LOST, str(status))
    if act is Act.LOOKUP:
        return _insi(status, body)
    if act is Act.STAY:
        return ACCEPTED if status == 200 else Outcome(Kind.RULE, str(status), whole=False)
    return _dmp(status, body)


def _insi(status: int, body: bytes) -> Outcome:
    found = _CODE_CR.search(body)
    if found:
        return Outcome(Kind.ACCEPTED, found.group(1).decode())
    erreur = _ERREUR.search(body)
    if erreur:
        code = erreur.group(1).decode()
        return Outcome(Kind.OVERLOAD if code == _INSI_BUSY else Kind.RULE, code)
    return _fault(status, body)


def _dmp(status: int, body: bytes) -> Outcome:
    if _SUCCESS in body:
        return ACCEPTED
    error = _ERROR_CODE.search(body)
    if error is None:
        return _fault(status, body)
    code = error.group(1).decode()
    return Outcome(Kind.OVERLOAD if code in _BUSY else Kind.RULE, code)


def _fault(status: int, body: bytes) -> Outcome:
    """A SOAP fault: of the receiver without a code of its own, it is a failure that leaves open what was done."""
    values = [value.decode() for value in _VALUE.findall(body)]
    if not values or values[-1] in ("Receiver", "Server"):
        return Outcome(Kind.LOST, f"HTTP {status}")
    return Outcome(Kind.RULE, values[-1], whole=False)


def of_smtp(reply: str) -> Outcome:
    """The outcome of a final SMTP reply."""
    code = reply[:3]
    if code == "250":
        return ACCEPTED
    if code in _TEMPORARY:
        return Outcome(Kind.OVERLOAD, code)
    return Outcome(Kind.RULE, code, whole=False) if code.isdigit() else Outcome(Kind.LOST, "not SMTP")
