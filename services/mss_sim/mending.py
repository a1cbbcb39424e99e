"""Mending a mail: describe it as an arriving one, let the menders plan, edit, until nothing more can be done."""

import re
from typing import Final

from mss_sim.domain import smtp_rules
from mss_sim.domain.mending import MENDERS, Mail
from mss_sim.domain.patients import all_inses
from mss_sim.wire.data import DataReader
from mss_sim.wire.describe import Described, describe
from mss_sim.wire.mending import apply
from socle.blobs import Blob
from socle.control.known import real_patient_refused
from socle.control.model import BoxType, Workspace
from socle.control.port import Control
from socle.mending.model import Change, Mended, NotMendable, left_of
from socle.mending.soap import Received
from socle.rules import Finding
from socle.soap.offload import by_size

_ROUNDS: Final = 20
"""Each makes one edit: offsets into the mail are good for one."""
_TYPE: Final = "message/rfc822"
_SENDER: Final = re.compile(r"FROM:\s*<([^>]*)>", re.IGNORECASE)


class MailMending:
    """For the messages that DATA brought."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def mend(self, received: Received, workspace: Workspace) -> Mended:
        """The message to give to DATA again. Raises :class:`NotMendable` when it may tell of a real patient."""
        mended = Mended(_TYPE, received.body)
        sender = self._sender(received, workspace)
        findings: list[Finding] = []
        for turn in range(_ROUNDS):
            described, findings = await self._check(mended.body, sender, workspace)
            mail = Mail(described.content, received.fresh)
            if turn == _ROUNDS - 1 or not await by_size(len(mended.body), _edit, mended, mail, findings):
                break
        mended.left = left_of(findings)
        return mended

    async def _check(self, raw: bytes, sender: BoxType | None, workspace: Workspace) -> tuple[Described, list[Finding]]:
        described = await describe(Blob.of(raw), sender)
        population = self._control.population(workspace.name)
        if any(real_patient_refused(ins, population) is not None for ins in all_inses(described.content)):
            raise NotMendable(
                "patient", "Le message pourrait porter une personne réelle.", "The message may be about a real person."
            )
        return described, [*_wire_findings(raw), *described.findings]

    def _sender(self, received: Received, workspace: Workspace) -> BoxType | None:
        said = next((value for name, value in received.headers if name == "MAIL"), "")
        found = _SENDER.search(said)
        box = self._control.population(workspace.name).box(found[1]) if found is not None else None
        return box.type if box is not None else None


def _wire_findings(raw: bytes) -> list[Finding]:
    """What the reader of DATA would say."""
    reader = DataReader()
    reader.feed(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
    if reader.lone_dot:
        return [smtp_rules.LONE_DOT.finding(where="DATA")]
    return [smtp_rules.BARE_NEWLINE.finding(where="DATA")] if reader.bare_newline else []


def _edit(mended: Mended, mail: Mail, findings: list[Finding]) -> bool:
    """Make the first edit that changes anything."""
    for finding in findings:
        mender = MENDERS.get(finding.rule.id)
        for edit in mender.plan(mail, finding) if mender is not None else ():
            done = apply(mended.body, mail.content, edit)
            if done is not None and mender is not None:
                mended.body = done.raw
                mended.changes.append(Change(mender.rule, finding.where, done.before, done.after, mender.fr, mender.en))
                return True
    return False
