"""Mails rendered once: text, IHE_XDM.zip and PDF, of which only the archive and a few headers change with each act."""

import base64
import hashlib
import io
import re
import zipfile
import zlib
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sandbox.clients.mail import Mailing, message
from sandbox.hospitals.hospital import Hospital
from sandbox.load import marks
from sandbox.load.bodies import lot_of
from sandbox.load.documents import Spec
from sandbox.load.slots import Deflated, Template, Values
from sandbox.xdm import archive

_LINE = re.compile(rb".{1,76}")


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of the archive; its local header up to the CRC, and from there on to the data."""

    stream: Deflated
    name: bytes
    stamp: bytes

    def fill(self, values: Values, offset: int) -> tuple[bytes, bytes]:
        """(local header and data, entry of the central directory) of a file at ``offset`` (APPNOTE 4.3.7, 4.3.12)."""
        content, data = self.stream.template.fill(values), self.stream.fill(values)
        shared = b"".join(
            (
                b"\x14\x00\x00\x00\x08\x00",
                self.stamp,
                zlib.crc32(content).to_bytes(4, "little"),
                len(data).to_bytes(4, "little"),
                len(content).to_bytes(4, "little"),
                len(self.name).to_bytes(2, "little"),
                b"\x00\x00",
            )
        )
        local = b"".join((b"PK\x03\x04", shared, self.name, data))
        central = b"".join((b"PK\x01\x02\x14\x00", shared, bytes(10), offset.to_bytes(4, "little"), self.name))
        return local, central


@dataclass(frozen=True, slots=True)
class Archive:
    """The zip; the document's digest is computed for METADATA.XML."""

    files: Sequence[ArchiveFile]
    document: Template

    @classmethod
    def of(cls, rendered: bytes, document: bytes) -> "Archive":
        """From an archive that was written with marks."""
        digest = hashlib.sha1(document, usedforsecurity=False).hexdigest().encode()
        files = []
        with zipfile.ZipFile(io.BytesIO(rendered)) as source:
            for info in source.infolist():
                content = source.read(info).replace(digest, marks.DIGEST)
                year, month, day, hour, minute, second = info.date_time
                clock = (hour << 11 | minute << 5 | second >> 1, (year - 1980) << 9 | month << 5 | day)
                stamp = b"".join(part.to_bytes(2, "little") for part in clock)
                files.append(ArchiveFile(Deflated.of(Template.of(content, marks.ALL)), info.filename.encode(), stamp))
        return cls(files, Template.of(document, marks.ALL))

    def fill(self, values: dict[bytes, bytes]) -> bytes:
        values[marks.DIGEST] = hashlib.sha1(self.document.fill(values), usedforsecurity=False).hexdigest().encode()
        locals_, directory, offset = [], [], 0
        for file in self.files:
            local, central = file.fill(values, offset)
            locals_.append(local)
            directory.append(central)
            offset += len(local)
        size, count = sum(map(len, directory)), len(self.files).to_bytes(2, "little")
        end = (
            b"PK\x05\x06",
            bytes(4),
            count,
            count,
            size.to_bytes(4, "little"),
            offset.to_bytes(4, "little"),
            bytes(2),
        )
        return b"".join((*locals_, *directory, *end))


@dataclass(frozen=True, slots=True)
class MailRequest:
    """One sender's mail to one professional, from its first header to the end of its data."""

    sender: str
    password: str
    recipient: str
    before: Template
    archive: Archive
    after: Template
    domain: str

    def fill(self, values: dict[bytes, bytes]) -> bytes:
        """The content of DATA, dots doubled, with ``CRLF . CRLF``."""
        encoded = b2a_base64(self.archive.fill(values), newline=False)
        lines = b"\r\n".join(_LINE.findall(encoded))
        return b"".join((self.before.fill(values), lines, self.after.fill(values), b".\r\n"))

    def message_id(self, values: Values) -> str:
        return f"<{values[marks.TOKEN].decode()}@{self.domain}>"


def mail(hospital: Hospital, spec: Spec, dice: Random, now: datetime) -> MailRequest:
    """A mail with one document."""
    lot, document = lot_of(hospital, spec, dice, now)
    domain, recipient = hospital.sender_box.partition("@")[2], dice.choice(hospital.correspondents)
    mailing = Mailing(
        f"<{marks.TOKEN_UUID}@{domain}>", hospital.sender_box, hospital.sender_password, (recipient,), lot
    )
    rendered = archive(lot)
    raw = message(mailing).as_bytes()
    before, found, after = raw.partition(base64.encodebytes(rendered).replace(b"\n", b"\r\n").strip())
    if not found:
        raise ValueError("the archive does not stand in the mail as base64 of 76 columns")
    stuffed = [part.replace(b"\r\n.", b"\r\n..") for part in (before, after)]
    ends = [Template.of(part, marks.ALL) for part in stuffed]
    return MailRequest(
        hospital.sender_box,
        hospital.sender_password,
        recipient,
        ends[0],
        Archive.of(rendered, document),
        ends[1],
        domain,
    )
