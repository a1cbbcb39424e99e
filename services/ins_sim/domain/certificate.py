"""The software's certificate on the channel of mutual TLS: domain/insi.md §1.3."""

from collections.abc import Iterator

from ins_sim.domain.erreur import FORBIDDEN
from socle.pki.names import INSI_AUTO, INSI_MANU
from socle.rules import REGISTRY, Certainty, Finding, Rule
from socle.tls.peer import Peer

_WHERE = "certificat client"

COMMON_NAME = REGISTRY.add(
    Rule(
        "insi.certificate.common-name",
        "Le certificat du logiciel s'appelle INSI-AUTO ou INSI-MANU",
        "The software's certificate is called INSI-AUTO or INSI-MANU",
        "a client's documentation: another CN is answered with DESIR_560",
        Certainty.FAITHFUL,
        "Demander un certificat INSI-AUTO (appels sans opérateur) ou INSI-MANU, en majuscules, trait d'union compris.",
        error_code=FORBIDDEN.code,
    )
)
REVOKED = REGISTRY.add(
    Rule(
        "insi.certificate.revoked",
        "Le certificat du logiciel n'est pas révoqué",
        "The software's certificate is not revoked",
        "no public source tells the refusal: answered like insufficient rights, by our own choice",
        Certainty.OURS,
        "Remplacer le certificat : socles pki issue insi-auto -o client.pem",
        error_code=FORBIDDEN.code,
    )
)


def check_certificate(peer: Peer | None) -> Iterator[Finding]:
    """Nothing without a certificate: the other channel is by assertion."""
    if peer is None:
        return
    if peer.common_name not in {INSI_AUTO, INSI_MANU}:
        expected = f"{INSI_AUTO} ou {INSI_MANU}"
        yield COMMON_NAME.finding(where=f"{_WHERE}, CN", expected=expected, found=peer.common_name[:100])
    if peer.revoked:
        yield REVOKED.finding(where=_WHERE, found=f"n° {peer.serial:x}")
