"""Mail that MSSanté took."""

from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from socles.testing.api import NOT_FOUND, Refused
from socles.testing.core import Core, told
from socles.testing.exchanges import Exchange, Finding

SERVICE = "mss_sim"
_PATH = "/_sandbox/mss_sim/messages"
_MOST = 500
_AT_ONCE = 100.0
"""Seconds that the service waits in one request, at most."""


class Mail:
    """A message in its recipients' boxes."""

    def __init__(self, core: Core, view: Mapping[str, Any]) -> None:
        self._core = core
        self.ref: str = view["ref"]
        """As the 250 reply named it."""
        self.sender: str = view["mailFrom"]
        """Of the envelope."""
        self.recipients: tuple[str, ...] = tuple(one["address"] for one in view["recipients"])
        """Of the envelope."""
        self.failed: tuple[str, ...] = tuple(one["address"] for one in view["recipients"] if one["state"] == "failed")
        self.subject: str = view["subject"]
        self.message_id: str | None = view["messageId"]
        self.size: int = view["size"]
        self.accepted_at: datetime = datetime.fromisoformat(view["acceptedAt"])
        """By the workspace's clock."""
        self.archives: list[Mapping[str, Any]] = view["archives"]
        """IHE_XDM archives: files, and documents with their type and stay."""
        self.findings: tuple[Finding, ...] = tuple(map(Finding.of, view["findings"]))
        """The check report: every rule the message breaks."""
        self.exchange_id: str = view["exchangeId"]

    @cached_property
    def raw(self) -> bytes:
        """The message, byte for byte."""
        return self._core.api.read(f"{_PATH}/{self.ref}/raw")

    @cached_property
    def message(self) -> EmailMessage:
        """Read by Python's own library: headers, text, attachments."""
        return message_from_bytes(self.raw, policy=policy.default)

    @cached_property
    def exchange(self) -> Exchange:
        """The dialogue it came with."""
        return self._core.journal.one(self.exchange_id)

    def __repr__(self) -> str:
        return f"Mail({self.ref!r}, from={self.sender!r}, to={self.recipients!r}, {self.subject!r})"


class Mss:
    """MSSanté of one workspace."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def mails(self, *, to: str | None = None, sender: str | None = None, subject: str | None = None) -> list[Mail]:
        """Messages that match, in the order in which they were accepted; criteria as in ``wait_for_mail``."""
        asked: dict[str, Any] = {"to": to, "from": sender, "subject": subject}
        found = self._core.api.get(_PATH, limit=_MOST, **asked)["messages"]
        return [Mail(self._core, self._core.api.get(f"{_PATH}/{one['ref']}")) for one in reversed(found)]

    def wait_for_mail(
        self,
        *,
        to: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        message_id: str | None = None,
        after: Mail | None = None,
        timeout: float | None = None,
    ) -> Mail:
        """A message that matches, as soon as it is delivered: the newest, or with ``after`` the next one after it.

        ``to``: a box it was delivered to. ``sender``: of the envelope. ``subject``: part of it.
        """
        __tracebackhide__ = True
        seconds = self._core.timeout if timeout is None else timeout
        asked: dict[str, Any] = {"to": to, "from": sender, "subject": subject, "messageId": message_id}
        left = seconds
        while True:
            at_once = min(left, _AT_ONCE)
            try:
                view = self._core.api.get(
                    f"{_PATH}/wait", longer=at_once, timeout=at_once, after=after.ref if after else None, **asked
                )
            except Refused as refused:
                if refused.status != NOT_FOUND:
                    raise
            else:
                return Mail(self._core, view)
            left -= at_once
            if left <= 0:
                raise self._core.failed(f"Aucun message / no mail: {told(asked)}", timeout, SERVICE)

    def expect_refused(self, *, code: int | None = None, timeout: float | None = None) -> Exchange:
        """The newest dialogue that MSSanté refused, with this reply code if given (550 …), waited for."""
        __tracebackhide__ = True
        what = "Aucun refus de MSSanté / no refusal by MSSanté: " + told({"code": code})
        return self._core.expect_exchange(
            what, SERVICE, lambda one: one.outcome != "accepted" and code in (None, one.status), timeout
        )
