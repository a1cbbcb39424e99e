"""Who may change something from within a browser: our own pages, not those of another site (decision 0023).

Browsers say where a request comes from (``Sec-Fetch-Site``, W3C Fetch Metadata, where they hold our address for
trustworthy; ``Origin``, Fetch standard §3.2, everywhere), and nobody else does: programs are never asked here.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from socle.pki.names import QUALIFICATION_HOSTS
from socle.web.errors import Refusal
from socle.web.workspace import DOMAIN

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 §9.2.1): a page of another site may call them, and reads no answer."""
_LOCAL: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
"""Endings under which nobody can have a name that all the world resolves."""


class Sites:
    """What a process is called. ``hosts``: further names; one that begins with a dot stands for all that end so."""

    def __init__(self, hosts: Iterable[str] = (), public_url: str | None = None) -> None:
        public = urlsplit(public_url or "").hostname
        given = [host.strip().lower() for host in hosts]
        self._names = frozenset({*given, *QUALIFICATION_HOSTS} | ({public} if public else set()))
        self._given = frozenset({*given} | ({public} if public else set()))
        self._endings = tuple(host for host in given if host.startswith("."))

    def refused(self, headers: Iterable[tuple[bytes, bytes]]) -> Refusal | None:
        """Why a request that changes something is refused; None: it is no browser's, or comes from a page of ours."""
        said = {name: value.decode("latin-1") for name, value in headers if name in _ASKED}
        site, origin = said.get(b"sec-fetch-site"), said.get(b"origin")
        if site is None and origin is None:
            return None
        here, page = _hostname(f"//{said.get(b'host', '')}"), _hostname(origin or "")
        foreign = site == "cross-site" if site is not None else not _same(here, page)
        if foreign and not self._is_given(page):
            return _foreign(origin or "?")
        # A name of the attacker's that resolves to us makes his page ours, in the browser's eyes (DNS rebinding).
        return None if self._is_ours(here) else _unknown_host(here)

    def _is_given(self, name: str) -> bool:
        return name in self._given or (bool(self._endings) and name.endswith(self._endings))

    def _is_ours(self, name: str) -> bool:
        return (
            "." not in name or name.endswith(_LOCAL) or _is_address(name) or name in self._names or self._is_given(name)
        )


_ASKED: Final = frozenset({b"host", b"origin", b"sec-fetch-site"})


def _hostname(url: str) -> str:
    """Of an origin; empty for ``null`` and what is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same(here: str, page: str) -> bool:
    """The site of a browser that does not tell it: the same name, whatever the port, or two workspaces' names."""
    return bool(page) and (here == page or all(f".{name}".endswith(f".{DOMAIN}") for name in (here, page)))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _foreign(origin: str) -> Refusal:
    return Refusal(
        403,
        "origin.foreign",
        f"Une page d'un autre site ({origin[:200]}) ne peut rien changer ici. Si elle est à vous, "
        "nommez son hôte dans SOCLES_HOSTS.",
        f"A page of another site ({origin[:200]}) cannot change anything here. If it is yours, name its host in "
        "SOCLES_HOSTS.",
    )


def _unknown_host(host: str) -> Refusal:
    return Refusal(
        403,
        "host.unknown",
        f"Un navigateur ne peut rien changer ici sous le nom {host[:200]!r}, que le bac à sable ne se connaît pas. "
        "S'il est à vous, nommez-le dans SOCLES_HOSTS ou SOCLES_PUBLIC_URL.",
        f"A browser cannot change anything here under the name {host[:200]!r}, which the sandbox does not know as its "
        "own. If it is yours, put it into SOCLES_HOSTS or SOCLES_PUBLIC_URL.",
    )
