"""What a SOAP path answers to anything but POST: its WSDL to ``GET ?wsdl``, a clear no to the rest."""

from collections.abc import Callable

from socle.exchange import Exchange, Outcome
from socle.service import Scope
from socle.soap import envelope_rules as rules
from socle.soap.answer import Answer

_NOT_HERE = (
    "Cette adresse attend une requête SOAP par POST.\nThis address expects a SOAP request by POST."
    "{wsdl}\nExchanges, faults and population: /_sandbox/\n"
)


def other_method(scope: Scope, exchange: Exchange, base_url: str, wsdl: Callable[[str], bytes] | None) -> Answer:
    """``wsdl`` gets the endpoint's own URL, as the client called it. What is refused is told to ``exchange``."""
    method = scope["method"]
    query = scope.get("query_string", b"").decode("latin-1").lower()
    headers: list[tuple[bytes, bytes]] = []
    if wsdl is not None and method in ("GET", "HEAD") and query.split("&", 1)[0].split("=", 1)[0] == "wsdl":
        exchange.operation = "wsdl"
        status, kind, body = 200, b"text/xml; charset=UTF-8", wsdl(f"{base_url}{scope['path']}")
    else:
        exchange.outcome = Outcome.REFUSED
        exchange.findings.append(rules.METHOD.finding(where="HTTP", expected="POST", found=method[:20]))
        hint = "\nWSDL: ?wsdl" if wsdl is not None else ""
        status, kind, body = 405, b"text/plain; charset=utf-8", _NOT_HERE.format(wsdl=hint).encode()
        headers.append((b"allow", b"POST, GET, HEAD" if wsdl is not None else b"POST"))
    headers += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    return Answer(status, headers, [b"" if method == "HEAD" else body])
