"""MTOM packages as three families of senders write them (dmp.md §0.5, §0.7): same content, different habits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote


class Style(StrEnum):
    """Whose habits a sender has."""

    CXF = "cxf"
    """Apache CXF: CRLF, an empty line before the first boundary, Content-IDs that the hrefs URL-encode."""
    JAVA = "java"
    """A hand-made Java client: LF only, a constant boundary, every part application/octet-stream."""
    DOTNET = "dotnet"
    """.NET: CRLF, Content-IDs that are URLs, a SOAPAction header beside the action parameter."""


@dataclass(frozen=True, slots=True)
class Package:
    """A request body and the headers that belong to it."""

    headers: dict[str, str]
    body: bytes


def part_id(style: Style, number: int, token: str) -> str:
    """Content-ID (without brackets) of the n-th document part, from 1."""
    if style is Style.CXF:
        return f"{token}-{number}@urn:ihe:iti:xds-b:2007"
    if style is Style.JAVA:
        return f"document{number}@socles.hopital"
    return f"http://tempuri.org/{number}/{token}"


def href(content_id: str) -> str:
    """What ``xop:Include`` points with: ``cid:`` and the id, URL-encoded."""
    return "cid:" + quote(content_id, safe="@-._~")


def package(style: Style, *, action: str, token: str, envelope: bytes, parts: Sequence[tuple[str, bytes]]) -> Package:
    """One multipart/related request; ``parts`` are (Content-ID, content) and ``token`` makes ids unique."""
    if style is Style.CXF:
        return _cxf(token, envelope, parts)
    if style is Style.JAVA:
        return _java(action, envelope, parts)
    return _dotnet(action, token, envelope, parts)


def _join(boundary: str, eol: str, blocks: Sequence[tuple[Sequence[str], bytes]]) -> bytes:
    pieces = []
    for lines, content in blocks:
        head = eol.join((f"--{boundary}", *lines, "", ""))
        pieces.append(head.encode() + content + eol.encode())
    return b"".join(pieces) + f"--{boundary}--".encode()


def _cxf(token: str, envelope: bytes, parts: Sequence[tuple[str, bytes]]) -> Package:
    boundary = f"uuid:{token}"
    root = "root.message@cxf.apache.org"
    blocks = [
        (
            (
                'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"',
                "Content-Transfer-Encoding: binary",
                f"Content-ID: <{root}>",
            ),
            envelope,
        )
    ]
    blocks += [
        (("Content-Type: text/xml", "Content-Transfer-Encoding: binary", f"Content-ID: <{content_id}>"), content)
        for content_id, content in parts
    ]
    return Package(
        {
            "Content-Type": f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; start="<{root}>"; '
            'start-info="application/soap+xml"',
            "Accept": "*/*",
        },
        b"\r\n" + _join(boundary, "\r\n", blocks),
    )


def _java(action: str, envelope: bytes, parts: Sequence[tuple[str, bytes]]) -> Package:
    boundary = "MIMEBoundary_socles_hopital"
    blocks = [
        (
            (
                'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"',
                "Content-Transfer-Encoding: 8bit",
                "Content-ID: <rootpart@socles.hopital>",
            ),
            envelope,
        )
    ]
    blocks += [
        (
            (
                "Content-Type: application/octet-stream",
                "Content-Transfer-Encoding: binary",
                f"Content-ID: <{content_id}>",
            ),
            content,
        )
        for content_id, content in parts
    ]
    return Package(
        {
            "Content-Type": f'multipart/related;boundary="{boundary}"; type="application/xop+xml"; '
            f'start="<rootpart@socles.hopital>"; start-info="application/soap+xml"; action="{action}"',
            "Accept": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        },
        _join(boundary, "\n", blocks),
    )


def _dotnet(action: str, token: str, envelope: bytes, parts: Sequence[tuple[str, bytes]]) -> Package:
    boundary = f"uuid:{token}+id=1"
    root = "http://tempuri.org/0"
    blocks = [
        (
            (
                f"Content-ID: <{root}>",
                "Content-Transfer-Encoding: 8bit",
                'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"',
            ),
            envelope,
        )
    ]
    blocks += [
        (
            (
                f"Content-ID: <{content_id}>",
                "Content-Transfer-Encoding: binary",
                "Content-Type: application/octet-stream",
            ),
            content,
        )
        for content_id, content in parts
    ]
    return Package(
        {
            "Content-Type": f'multipart/related; type="application/xop+xml";start="<{root}>";boundary="{boundary}";'
            f'start-info="application/soap+xml"; action="{action}"',
            "SOAPAction": f'"{action}"',
            "MIME-Version": "1.0",
        },
        _join(boundary, "\r\n", blocks) + b"\r\n",
    )
