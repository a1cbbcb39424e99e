"""What a gateway before a service answers by itself, in plain HTTP: the same for every such service."""

from collections.abc import Callable

from socle.faults.advice import RETRY, RETRY_SOON, UNSURE
from socle.faults.register import register
from socle.rules import Certainty

_PAGES = (
    ("internal-error", 500, "erreur interne, page HTML", "internal error, HTML page", RETRY_SOON),
    ("bad-gateway", 502, "passerelle : réponse invalide du service", "gateway: invalid response", RETRY_SOON),
    ("maintenance", 503, "passerelle : service en maintenance", "gateway: service under maintenance", RETRY),
    ("gateway-timeout", 504, "passerelle : le service n'a pas répondu à temps", "gateway: no response in time", UNSURE),
)


def gateway_entries(family: str, service: str, magic: Callable[[str], str], *, spoken: str = "SOAP") -> None:
    """Register the family's pages; ``magic`` makes the magic value of an entry's name, ``spoken`` is missing there."""
    for name, status, fr, en, advice in _PAGES:
        told = advice.then(
            f"Ne pas chercher de {spoken} dans une page HTML : le dire comme une panne, sans erreur d'analyse.",
            f"Look for no {spoken} in an HTML page: tell it as an outage, not as a parsing error.",
        )
        register(
            f"{family}.{name}",
            f"HTTP {status} sans {spoken} ({fr})",
            f"HTTP {status} without {spoken} ({en})",
            f"HTTP {status}; `content-type: text/html`; `<h1>{status} `",
            advice=told,
            magic=magic(name),
            service=service,
            code=f"http-{status}",
            source="domain/dmp.md §7 (« 500, timeout ») ; domain/insi.md §1.9 ; page HTML : la nôtre",
            certainty=Certainty.OURS,
        )
