"""Signatures of lots, made anew for each act of a signed run (domain/dmp.md §1.6)."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from lxml import etree

from sandbox.clients.lot import Lot
from sandbox.clients.lot_signature import lot_signature
from sandbox.load import marks
from sandbox.load.slots import Template, Values
from sandbox.seal import Seal
from socle.assertions.making.lot import Hashed
from socle.assertions.making.lot import lot_signature as signed
from socle.xmldsig.canonical import whole


@dataclass(frozen=True, slots=True)
class LotSignature:
    """Of a lot of one document, whose identifiers and dates are marks. Filling takes a signature by RSA."""

    mark: bytes
    """The signature of the rendered lot, which the act's own takes the place of: both are of one length."""
    canonical: Template
    """The document in the form that is signed."""
    seal: Seal

    @classmethod
    def of(cls, lot: Lot) -> Self:
        """``lot`` as rendered. Raises ``ValueError`` for one without a seal, or of several documents."""
        seal, (entry,) = lot.site.seal, lot.entries
        if seal is None:
            raise ValueError("a lot is signed with a seal")
        documents = [(entry.facts.unique_id, entry.content)]
        tree = etree.fromstring(entry.content).getroottree()
        return cls(
            lot_signature(lot.unique_id, documents, lot.submitted_at, seal.identity),
            Template.of(whole(tree, comments=True), marks.ALL),
            seal,
        )

    def fill(self, values: Values) -> bytes:
        """The document of Signature01 of one act."""
        digest = hashlib.sha1(self.canonical.fill(values), usedforsecurity=False).digest()
        document = Hashed(values[marks.DOCUMENT].decode(), base64.b64encode(digest).decode())
        now = datetime.fromisoformat(values[marks.TIMES[0]].decode())
        return signed(values[marks.LOT].decode(), [document], now, self.seal.identity)
