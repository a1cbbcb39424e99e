"""What a SOAP path answers to anything but POST: its WSDL to ``GET ?wsdl``, a clear no to the rest."""

from collections.abc import Callable

from socle.service import Scope, Send

_NOT_HERE = (
    "Cette adresse attend une requête SOAP par POST.\nThis address expects a SOAP request by POST."
    "{wsdl}\nExchanges, faults and population: /_sandbox/\n"
)


async def answer_other_method(scope: Scope, send: Send, base_url: str, wsdl: Callable[[str], bytes] | None) -> None:
    """``wsdl`` gets the endpoint's own URL, as the client called it."""
    method = scope["method"]
    query = scope.get("query_string", b"").decode("latin-1").lower()
    headers: list[tuple[bytes, bytes]] = []
    if wsdl is not None and method in ("GET", "HEAD") and query.split("&", 1)[0].split("=", 1)[0] == "wsdl":
        status, kind, body = 200, b"text/xml; charset=UTF-8", wsdl(f"{base_url}{scope['path']}")
    else:
        hint = "\nWSDL: ?wsdl" if wsdl is not None else ""
        status, kind, body = 405, b"text/plain; charset=utf-8", _NOT_HERE.format(wsdl=hint).encode()
        headers.append((b"allow", b"POST, GET, HEAD" if wsdl is not None else b"POST"))
    headers += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
