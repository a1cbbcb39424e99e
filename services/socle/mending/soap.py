"""Mending a SOAP request: rehearse, let the menders plan, edit in place, and again until nothing more can be done."""

import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar
from uuid import UUID, uuid5

from lxml import etree

from socle.control.model import Workspace
from socle.mending.carrier import mend_carrier
from socle.mending.frames import Frames
from socle.mending.model import Anew, Change, Do, Edit, Mended, Menders, NotMendable, Planned, left_of
from socle.mending.repair import REPAIRED, repair
from socle.mending.xml_edits import apply
from socle.rules import Finding
from socle.soap.endpoint import SoapEndpoint
from socle.soap.headers import content_type
from socle.soap.include import inline_content, resolve_include
from socle.soap.model import SOAP12, Call, SoapFault
from socle.soap.offload import by_size
from socle.soap.refusal import Refused
from socle.soap.rehearsal import Rehearsal
from socle.soap.xml_rules import CHARSET, DOCTYPE, WELL_FORMED

C = TypeVar("C")

_ROUNDS = 8
"""A round may show what the one before made visible: a document that could be read, a hash that was right before."""
_OF_THE_BODY = frozenset({"content-type", "content-length", "transfer-encoding"})
_REAL = NotMendable(
    "patient", "Le message pourrait porter une personne réelle.", "The message may be about a real person."
)
UNREADABLE = frozenset({CHARSET.id, DOCTYPE.id, WELL_FORMED.id})
"""Rules of the envelope that :func:`socle.mending.repair.repair` answers."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the journal kept it, and what became of it."""

    exchange: str
    path: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    accepted: bool
    rules: frozenset[str]
    """That it broke."""

    def fresh(self, purpose: str) -> UUID:
        """A new identifier: the same one whenever this exchange is mended."""
        return uuid5(UUID(self.exchange), purpose)


@dataclass(slots=True)
class _Work:
    """What is under way for one request."""

    received: Received
    mended: Mended
    renewed: bool = False

    @property
    def headers(self) -> list[tuple[str, str]]:
        """As received, with the Content-Type of now."""
        kept = [(name, value) for name, value in self.received.headers if name.lower() not in _OF_THE_BODY]
        return [*kept, ("content-type", self.mended.content_type)]


class SoapMending(Generic[C]):
    """For the endpoints of one service, by path."""

    def __init__(
        self,
        endpoints: dict[str, SoapEndpoint],
        menders: Menders[C, Edit],
        read: Callable[[Call, Received], Awaitable[C]],
        spool: Path,
        *,
        anew: Callable[[C], Iterable[Anew]] = lambda context: (),
    ) -> None:
        """``read`` is what the menders are told of a call. ``anew`` plans new identifiers."""
        self._endpoints = endpoints
        self._menders = menders
        self._read = read
        self._spool = spool
        self._anew = anew

    async def mend(self, received: Received, workspace: Workspace) -> Mended:
        """Raises :class:`NotMendable` for a path that is nobody's, and when the mended message may tell of a real
        patient."""
        endpoint = self._endpoints.get(received.path)
        if endpoint is None:
            raise NotMendable("path", "Cette adresse n'est pas celle d'une opération.", "No operation has this path.")
        work = _Work(received, Mended(_header(received.headers, "content-type"), received.body))
        findings: list[Finding] = []
        for turn in range(_ROUNDS):
            async with endpoint.rehearsal(received.path, work.headers, work.mended.body, workspace) as rehearsed:
                if rehearsed.exchange.redacted:
                    raise _REAL
                findings = list(rehearsed.exchange.findings)
                if rehearsed.call is not None:
                    _follow_version(work.mended, rehearsed.call)
                if turn == _ROUNDS - 1 or not await self._round(work, rehearsed, findings):
                    break
        work.mended.left = left_of(findings)
        return work.mended

    async def _round(self, work: _Work, rehearsed: Rehearsal, findings: list[Finding]) -> bool:
        """Whether anything was changed. New identifiers come last: their edits would touch those of findings."""
        work.mended.changes += (carried := mend_carrier(work.mended, findings))
        if carried or rehearsed.call is None:
            return bool(carried) or await self._made_readable(work.mended, findings)
        call = rehearsed.call
        try:
            context = await self._read(call, work.received)
        except (Refused, SoapFault):
            return False
        if await self._made(work.mended, call, self._plan(context, findings)):
            return True
        if work.renewed:
            return False
        work.renewed = True
        renewing = [
            Planned(edit, new.rule, new.where, new.fr, new.en) for new in self._anew(context) for edit in new.edits
        ]
        return await self._made(work.mended, call, renewing)

    def _plan(self, context: C, findings: Iterable[Finding]) -> list[Planned]:
        return [
            Planned(edit, mender.rule, finding.where, mender.fr, mender.en)
            for finding in findings
            if (mender := self._menders.get(finding.rule.id)) is not None
            for edit in mender.plan(context, finding)
        ]

    async def _made(self, mended: Mended, call: Call, planned: Sequence[Planned]) -> bool:
        if not planned:
            return False
        frames = await Frames.read(mended.content_type, mended.body, self._spool)
        changes = await by_size(len(mended.body), self._edit, frames, call, planned)
        if changes:
            mended.body = frames.body()
            mended.changes += changes
        return bool(changes)

    async def _made_readable(self, mended: Mended, findings: Iterable[Finding]) -> bool:
        try:
            frames = await Frames.read(mended.content_type, mended.body, self._spool)
        except Refused:
            return False
        changes = await by_size(len(mended.body), _unreadable, frames, findings)
        if changes:
            mended.body = frames.body()
            mended.changes += changes
        return bool(changes)

    def _edit(self, frames: Frames, call: Call, planned: Sequence[Planned]) -> list[Change]:
        """Documents first: an inline one becomes an edit of the envelope."""
        changes: list[Change] = []
        envelope, namespaces = frames.envelope, self._menders.namespaces
        for document in dict.fromkeys(one.edit.document for one in planned if one.edit.document is not None):
            element = _first(call.envelope.root, document, namespaces)
            if element is None:
                continue
            mine = [one for one in planned if one.edit.document == document]
            part = resolve_include(element, call)
            data, done = apply(part.blob.read() if part is not None else _inline(element), mine, namespaces)
            if done and part is not None:
                frames.put(part.content_id, data)
            elif done:
                again = Edit(Do.TEXT, document, base64.b64encode(data).decode())
                envelope, _ = apply(envelope, [replace(mine[0], edit=again)], namespaces, frames.charset)
            changes += done
        mine = [one for one in planned if one.edit.document is None]
        envelope, done = apply(envelope, mine, namespaces, frames.charset)
        frames.put_envelope(envelope)
        return changes + done


def _unreadable(frames: Frames, findings: Iterable[Finding]) -> list[Change]:
    """An envelope that could not be parsed, made readable."""
    for finding in findings:
        if finding.rule.id in UNREADABLE:
            repaired = repair(frames.envelope)
            if repaired is not None:
                frames.put_envelope(repaired.data)
                where = finding.where or "/"
                return [Change(finding.rule.id, where, repaired.before, repaired.after, *REPAIRED)]
    return []


def _header(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for one, value in headers if one.lower() == name), "")


def _first(root: etree._Element, path: str, namespaces: Mapping[str, str]) -> etree._Element | None:
    found = root.xpath(path, namespaces=dict(namespaces))
    return next((one for one in found if isinstance(one, etree._Element)), None) if isinstance(found, list) else None


def _inline(element: etree._Element) -> bytes:
    return inline_content(element).blob.read()


def _follow_version(mended: Mended, call: Call) -> None:
    """SOAP 1.2 goes with application/soap+xml."""
    kind = content_type(mended.content_type)
    if call.envelope.version == SOAP12 and kind.media_type == "text/xml":
        action = f'; action="{call.envelope.action}"' if call.envelope.action else ""
        mended.content_type = f"application/soap+xml; charset={kind.get('charset') or 'utf-8'}{action}"
