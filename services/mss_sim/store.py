"""Mail at rest: one method, one transaction, events included (D2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Dialect, Integer, Select, Text, bindparam, func, insert, select

from mss_sim.domain.acceptance import MssEvent
from mss_sim.order import Order, has_place, place
from mss_sim.tables import DELIVERY, MESSAGE, STORED
from socle.blobs import Blob
from socle.store import BlobStore, Store, UnitOfWork, hot

_INSERT_MESSAGE = hot(insert(MESSAGE).values({name: bindparam(name) for name in STORED}))
_INSERT_DELIVERY = hot(
    insert(DELIVERY).from_select(
        ["position", "workspace", "epoch", "address"],
        select(MESSAGE.c.position, MESSAGE.c.workspace, MESSAGE.c.epoch, bindparam("address", type_=Text)).where(
            MESSAGE.c.ref == bindparam("ref"),
            MESSAGE.c.workspace == bindparam("of_workspace", type_=Text),
            MESSAGE.c.epoch == bindparam("of_epoch", type_=Integer),
        ),
    )
)
"""By the message's reference: its position need not be asked for, and PostgreSQL is sent the whole act at once."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A message about to be stored. ``boxes`` are the addresses it is delivered to."""

    ref: str
    workspace: str
    epoch: int
    kind: str
    exchange_id: str
    blob: Blob
    mail_from: str
    recipients: Sequence[dict[str, Any]]
    boxes: Sequence[str]
    subject: str
    message_id: str | None
    nil: str | None
    accepted_at: datetime
    description: dict[str, Any]
    findings: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MailFilter:
    """What messages to look for; None means any. ``subject`` and ``text`` are sought anywhere, whatever their case."""

    to: str | None = None
    """A box, exactly: only what was delivered there."""
    sender: str | None = None
    subject: str | None = None
    message_id: str | None = None
    text: str | None = None
    """In the subject, the sender, the recipients or the Message-ID."""
    after: str | None = None
    """Reference of a message: only what comes after it in the order of its workspace; if there is none, everything."""


class MailStore:
    """Messages and boxes of all workspaces."""

    def __init__(self, store: Store, blobs: BlobStore) -> None:
        self._store = store
        self._blobs = blobs
        self._order = Order(store)

    async def accept(self, mails: Sequence[StoredMail], events: Sequence[MssEvent], *, delay: float) -> list[str]:
        """Store a message and the reports it causes, deliver them, and say so in events: all or nothing.

        Returns the events' ids after COMMIT. Raises ``StoreBusy`` when too many acts wait. ``delay``: publish the
        events so many seconds later (D10).
        """

        def work(unit: UnitOfWork) -> list[str]:
            for mail in mails:
                unit.keep(mail.blob)
                _insert(unit, mail)
            return [
                unit.emit(event, subject=event.message_ref, time=event.accepted_at, delay=delay) for event in events
            ]

        return await self._store.write(work)

    async def find(
        self, workspace: str, epoch: int, wanted: MailFilter, *, limit: int = 50, oldest_first: bool = False
    ) -> list[dict[str, Any]]:
        """Matching messages as rows, newest first unless told otherwise.

        The order of those once given never changes, and what is committed later comes after them.
        """

        def work(connection: Connection) -> list[dict[str, Any]]:
            statement, by = _matching(workspace, epoch, wanted, connection.dialect)
            return _rows(connection, statement.order_by(by.asc() if oldest_first else by.desc()).limit(limit))

        return await self._order.read(workspace, epoch, work)

    async def message(self, workspace: str, epoch: int, ref: str) -> dict[str, Any] | None:
        """One message by its reference, in its workspace only."""
        statement = select(MESSAGE).where(
            MESSAGE.c.workspace == workspace, MESSAGE.c.epoch == epoch, MESSAGE.c.ref == _text(ref)
        )
        rows = await self._store.read(lambda connection: _rows(connection, statement))
        return rows[0] if rows else None

    async def boxes(self, workspace: str, epoch: int) -> dict[str, int]:
        """How many messages lie in each box that holds any."""
        statement = (
            select(DELIVERY.c.address, func.count())
            .where(DELIVERY.c.workspace == workspace, DELIVERY.c.epoch == epoch)
            .group_by(DELIVERY.c.address)
        )

        def work(connection: Connection) -> dict[str, int]:
            return {str(row[0]): int(row[1]) for row in connection.execute(statement)}

        return await self._store.read(work)

    async def raw(self, sha256: str) -> bytes:
        """The message as it came, byte for byte."""
        return await self._blobs.read(sha256)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _text(value: str) -> str:
    """Without NUL, which a header may hold and PostgreSQL keeps in no text."""
    return value.replace("\0", "\ufffd")


def _insert(unit: UnitOfWork, mail: StoredMail) -> None:
    subject, message_id = _text(mail.subject), _text(mail.message_id) if mail.message_id is not None else None
    searched = [subject, mail.mail_from, *(item["address"] for item in mail.recipients), message_id or ""]
    unit.hot(
        _INSERT_MESSAGE,
        {
            "ref": mail.ref,
            "workspace": mail.workspace,
            "epoch": mail.epoch,
            "kind": mail.kind,
            "exchange_id": mail.exchange_id,
            "sha256": mail.blob.sha256,
            "size": mail.blob.size,
            "mail_from": mail.mail_from,
            "recipients": _json(mail.recipients),
            "subject": subject,
            "message_id": message_id,
            "nil": _text(mail.nil) if mail.nil is not None else None,
            "accepted_at": mail.accepted_at,
            "description": _json(mail.description),
            "findings": _json(mail.findings),
            "subject_folded": subject.casefold(),
            "searched": "\n".join(searched).casefold(),
        },
    )
    here = {"ref": mail.ref, "of_workspace": mail.workspace, "of_epoch": mail.epoch}
    unit.hot_many(_INSERT_DELIVERY, [{**here, "address": address} for address in mail.boxes])


def _sought(text: str) -> str:
    return _text(text).casefold()


def _matching(workspace: str, epoch: int, wanted: MailFilter, dialect: Dialect) -> tuple[Select[Any], Column[int]]:
    """What is wanted, and what to order it by: a box's mails by the box's own column, whose index has them in order."""
    walked = MESSAGE if wanted.to is None else DELIVERY
    by = place(walked, dialect)
    ours = (MESSAGE.c.workspace == workspace, MESSAGE.c.epoch == epoch)
    statement = select(MESSAGE).where(*ours, has_place(walked, dialect))
    if wanted.to is not None:
        statement = statement.join(DELIVERY, DELIVERY.c.position == MESSAGE.c.position).where(
            DELIVERY.c.workspace == workspace,
            DELIVERY.c.epoch == epoch,
            DELIVERY.c.address == _text(wanted.to).strip().lower(),
        )
    if wanted.sender is not None:
        statement = statement.where(MESSAGE.c.mail_from == _text(wanted.sender).strip().lower())
    if wanted.subject is not None:
        statement = statement.where(MESSAGE.c.subject_folded.contains(_sought(wanted.subject), autoescape=True))
    if wanted.message_id is not None:
        statement = statement.where(MESSAGE.c.message_id == _text(wanted.message_id))
    if wanted.text is not None:
        statement = statement.where(MESSAGE.c.searched.contains(_sought(wanted.text), autoescape=True))
    if wanted.after is not None:
        cursor = MESSAGE.alias()
        since = select(cursor.c[by.name]).where(
            cursor.c.ref == _text(wanted.after), cursor.c.workspace == workspace, cursor.c.epoch == epoch
        )
        statement = statement.where(by > func.coalesce(since.scalar_subquery(), 0))
    return statement, by


def _rows(connection: Connection, statement: Select[Any]) -> list[dict[str, Any]]:
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    for row in rows:
        for name in ("recipients", "description", "findings"):
            row[name] = msgspec.json.decode(row[name])
    return rows
