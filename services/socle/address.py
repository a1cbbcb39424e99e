"""How a client called us: what links in answers begin with, and how an exchange over HTTP begins."""

from datetime import datetime

from socle.exchange import Exchange
from socle.service import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """A request's header by its lower-case name; the last one, if there are several."""
    value = dict(scope["headers"]).get(name)
    return None if value is None else value.decode("latin-1")


def base_url(scope: Scope) -> str:
    """Scheme, host and workspace prefix as the client wrote them, but for a workspace that nobody knows.

    Such an act is journalled in the default one: a link that names the other would lead nowhere. Behind an edge
    that the client sees instead of us, what the settings say goes before.
    """
    state = scope.get("state", {})
    public: str | None = state.get("public_url")
    if public is not None:
        return public
    host = header(scope, b"host")
    if host is None:
        server = scope.get("server") or ("localhost", None)
        host = server[0] if server[1] is None else f"{server[0]}:{server[1]}"
    unknown = state.get("unknown_workspace")
    prefix = "" if unknown else state.get("prefix", "")
    if unknown and host.lower().startswith(f"{unknown}."):
        host = host[len(unknown) + 1 :]
    return f"{scope.get('scheme', 'http')}://{host}{prefix}"


def open_exchange(scope: Scope, protocol: str, service: str, *, workspace: str, epoch: int, now: datetime) -> Exchange:
    """The exchange of a request, its request headers filled in."""
    exchange = Exchange(service=service, protocol=protocol, workspace=workspace, epoch=epoch, received_at=now)
    exchange.path = scope["path"]
    exchange.tls = scope.get("state", {}).get("tls")
    client = scope.get("client")
    if client:
        exchange.peer = f"{client[0]}:{client[1]}"
    exchange.request.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    return exchange
