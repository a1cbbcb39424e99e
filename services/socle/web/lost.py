"""The page for a browser at an address that leads nowhere: what was asked for, and where there is something."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template
from typing import Final

from socle.address import base_url, header
from socle.service import Scope

_TEXT: Final = (resources.files("socle") / "web" / "lost.html").read_text("utf-8")
"""Read with the module, before any event loop runs."""
_STYLE: Final = re.findall(r"<style>(.*)</style>", _TEXT, re.DOTALL)[0]
_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_LONGEST: Final = 200
TYPE: Final = "text/html; charset=utf-8"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where there is something."""

    path: str
    """Below the workspace's prefix."""
    name: str
    french: str
    english: str


PLACES: Final = (
    Place(
        "/console/",
        "Console",
        "Chaque échange, ses constats et leurs remèdes.",
        "Every exchange, its findings and remedies.",
    ),
    Place(
        "/",
        "Indicateurs",
        "La page de démonstration : les indicateurs, en direct.",
        "The demonstration's page: indicators, live.",
    ),
    Place("/openapi.json", "API", "La description de l'API du bac à sable.", "The sandbox's API, described (OpenAPI)."),
    Place("/_sandbox/ready", "État", "Prêt ou non, et ce qui manque.", "Whether it is ready, and what is missing."),
)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks: one that names ``text/html`` and only reads. Programs take ``*/*`` or JSON."""
    return scope["method"] in ("GET", "HEAD") and "text/html" in (header(scope, b"accept") or "").lower()


def page(scope: Scope, french: str, english: str, places: Iterable[Place] = PLACES) -> bytes:
    """For a request that leads nowhere."""
    state, root = scope.get("state", {}), base_url(scope)
    asked = f"{scope['method']} {state.get('prefix', '')}{scope['path']}"
    links = "\n".join(
        f'<li><a href="{escape(root + one.path)}">{one.name}</a>'
        f'<div>{one.french} <span lang="en">{one.english}</span></div></li>'
        for one in places
    )
    shown = {"title_fr": french, "title": english, "asked": asked[:_LONGEST]}
    return Template(_TEXT).substitute({name: escape(text) for name, text in shown.items()}, links=links).encode()
