"""Which workspace is this request for? One function, one order (D7): host name, client certificate, header, path."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from socle.control.model import DEFAULT_WORKSPACE

DOMAIN = "socles.localhost"
"""``ws1.socles.localhost`` is workspace ``ws1``: browsers and most resolvers take it to the local machine."""
HEADER = "X-Socles-Workspace"
_PREFIX = "/w/"


class ChosenBy(StrEnum):
    """What named the workspace."""

    HOST = "host"
    CERTIFICATE = "certificate"
    HEADER = "header"
    PATH = "path"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Choice:
    """The workspace asked for, whether it exists or not, and the path without the ``/w/{workspace}`` before it."""

    workspace: str
    by: ChosenBy
    path: str
    prefix: str = ""
    """``/w/{workspace}`` when the path had it, for links in answers."""


@lru_cache(1024)
def choose(path: str, *, host: str = "", certificate: str = "", header: str | None = None) -> Choice:
    """The first of host name, client certificate, header and path that names a workspace; else the default one.

    ``host`` is the Host header, port or not. ``certificate`` is the workspace that the client's certificate was made
    for. The path's prefix is taken off even when something before it decided.
    """
    named, rest = _of_path(path)
    prefix = f"{_PREFIX}{named}" if named else ""
    for name, by in (
        (_of_host(host), ChosenBy.HOST),
        (certificate, ChosenBy.CERTIFICATE),
        ((header or "").strip().lower(), ChosenBy.HEADER),
        (named, ChosenBy.PATH),
    ):
        if name:
            return Choice(name, by, rest, prefix)
    return Choice(DEFAULT_WORKSPACE, ChosenBy.DEFAULT, rest, prefix)


def _of_host(host: str) -> str:
    name = host.partition(":")[0].rstrip(".").lower()
    label, dot, domain = name.partition(".")
    return label if dot and domain == DOMAIN else ""


def _of_path(path: str) -> tuple[str, str]:
    if not path.startswith(_PREFIX):
        return "", path
    name, slash, rest = path[len(_PREFIX) :].partition("/")
    return name.lower(), slash + rest or "/"
