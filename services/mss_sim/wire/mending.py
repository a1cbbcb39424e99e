"""Edits made in the bytes of a mail; parts that no edit names stay as they came, byte for byte."""

import base64
import io
import quopri
import re
import zipfile
from dataclasses import dataclass
from email.header import Header
from typing import Final

from mss_sim.domain.mending import LineEnds, MailEdit, SetHeader, SetSlot, ToUtf8
from mss_sim.domain.message import MailContent, MimePart
from mss_sim.wire.mime import decode_body
from mss_sim.wire.xdm import UNREADABLE
from socle.mending.model import Do, Edit, Planned
from socle.mending.xml_edits import apply as apply_xml

_NAMESPACES: Final = {"rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}
_BARE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LINE: Final = 76
_CHARSET: Final = re.compile(rb"""(?i)(charset\s*=\s*)("[^"]*"|[^;\s]+)""")


@dataclass(frozen=True, slots=True)
class Done:
    """The mail after one edit, and what it replaced by what."""

    raw: bytes
    before: str
    after: str


def apply(raw: bytes, content: MailContent, edit: MailEdit) -> Done | None:
    """None when the edit's place is not there, or the mail says already what it asks for."""
    if isinstance(edit, SetHeader):
        return _set_header(raw, content.root, edit)
    if isinstance(edit, LineEnds):
        made = _BARE.sub(b"\r\n", raw)
        count = len(_BARE.findall(raw))
        return Done(made, f"{count} CR | LF", f"{count} CRLF") if count else None
    part = next((one for one in content.root.leaves() if one.number == edit.part), None)
    if part is None:
        return None
    return _to_utf8(raw, content.root, part) if isinstance(edit, ToUtf8) else _set_slot(raw, part, edit)


def _set_header(raw: bytes, root: MimePart, edit: SetHeader) -> Done | None:
    block = raw[: root.start]
    end = b"\r\n" if b"\r\n" in block or not block else b"\n"
    text = edit.value
    if not text.isascii():
        text = Header(text, "utf-8", header_name=edit.name).encode(linesep=end.decode())
    line = f"{edit.name}: {text}".encode() + end if edit.value else b""
    there = re.search(rb"(?im)^" + re.escape(edit.name.encode()) + rb"[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", block)
    if there is None:
        return Done(line + raw, "", _shown(line)) if line else None
    if there[0] == line:
        return None
    return Done(raw[: there.start()] + line + raw[there.end() :], _shown(there[0]), _shown(line))


def _to_utf8(raw: bytes, root: MimePart, part: MimePart) -> Done | None:
    """From the charset it names; from Windows-1252 when it names UTF-8, or none, and its bytes are not."""
    data = decode_body(raw, part.start, part.end, part.encoding)
    named = part.params.get("charset", "")
    try:
        text = data.decode(named if named.lower() not in {"", "utf-8", "us-ascii", "utf8", "ascii"} else "cp1252")
    except (LookupError, UnicodeDecodeError):
        return None
    body, encoding = _encoded(text.encode("utf-8"), part.encoding)
    head_start = _head_start(raw, root, part)
    head = _head(raw[head_start : part.start], encoding)
    made = raw[:head_start] + head + body + raw[part.end :]
    return Done(made, named or "(absent)", "utf-8")


def _head_start(raw: bytes, root: MimePart, part: MimePart) -> int:
    """Where the headers of a part begin: after the delimiter before it, or at the start of the mail."""
    if part is root:
        return 0
    delimiter = raw.rfind(b"\n--", 0, part.start)
    return raw.index(b"\n", delimiter + 1) + 1


def _head(head: bytes, encoding: str) -> bytes:
    """A part's headers, with charset=utf-8 and the transfer encoding its body has now."""
    if _CHARSET.search(head):
        head = _CHARSET.sub(rb"\1utf-8", head, count=1)
    elif re.search(rb"(?im)^content-type:", head):
        head = re.sub(rb"(?im)^(content-type:[^\r\n;]*)", rb"\1; charset=utf-8", head, count=1)
    else:
        head = b"Content-Type: text/plain; charset=utf-8\r\n" + head
    if re.search(rb"(?im)^content-transfer-encoding:", head):
        return re.sub(rb"(?im)^(content-transfer-encoding:)[^\r\n]*", rb"\1 " + encoding.encode(), head, count=1)
    return f"Content-Transfer-Encoding: {encoding}\r\n".encode() + head


def _encoded(data: bytes, encoding: str) -> tuple[bytes, str]:
    if encoding == "base64":
        return _base64(data), encoding
    if encoding == "quoted-printable":
        return quopri.encodestring(data).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), encoding
    return data, "8bit"


def _set_slot(raw: bytes, part: MimePart, edit: SetSlot) -> Done | None:
    """In the archive's first METADATA.XML; the archive is put together anew, its other files unchanged."""
    data = decode_body(raw, part.start, part.end, part.encoding)
    path = f"(//rim:ExtrinsicObject)[{edit.entry}]/rim:Slot[@name='{edit.slot}']/rim:ValueList/rim:Value"
    planned = [Planned(Edit(Do.TEXT, path, edit.value), "", "", "", "")]
    made, done = io.BytesIO(), None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
            for info in old.infolist():
                # what calls itself a folder was not weighed when the archive was read: it may hold gigabytes
                content = b"" if info.filename.endswith("/") else old.read(info)
                if done is None and info.filename.replace("\\", "/").rpartition("/")[2].upper() == "METADATA.XML":
                    content, changes = apply_xml(content, planned, _NAMESPACES)
                    done = changes[0] if changes else None
                new.writestr(info, content)
    except UNREADABLE:
        return None
    if done is None:
        return None
    body = _base64(made.getvalue()) if part.encoding == "base64" else made.getvalue()
    return Done(raw[: part.start] + body + raw[part.end :], done.before, done.after)


def _base64(data: bytes) -> bytes:
    text = base64.b64encode(data)
    return b"\r\n".join(text[at : at + _LINE] for at in range(0, len(text), _LINE))


def _shown(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip()[:400]
