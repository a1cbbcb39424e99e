"""The software's certificate on the channel of mutual TLS: domain/insi.md §1.3."""

from ins_sim.domain.erreur import FORBIDDEN
from socle.pki.names import INSI_AUTO, INSI_MANU
from socle.rules import REGISTRY, Certainty, Finding, Official, Rule
from socle.tls.peer import WHERE, Peer

COMMON_NAME = REGISTRY.add(
    Rule(
        "insi.certificate.common-name",
        "Le certificat du logiciel s'appelle INSI-AUTO ou INSI-MANU",
        "The software's certificate is called INSI-AUTO or INSI-MANU",
        "a client's documentation: another CN is answered with DESIR_560",
        Certainty.FAITHFUL,
        "Demander un certificat INSI-AUTO (appels sans opérateur) ou INSI-MANU, en majuscules, trait d'union compris.",
        error_code=FORBIDDEN.code,
        official=Official.REFUSES,
    )
)


def check_certificate(peer: Peer | None) -> list[Finding]:
    """Nothing without a certificate: the other channel is by assertion.

    That a certificate which is no good is answered like a wrong name is our own choice: no public source tells."""
    if peer is None:
        return []
    found = [*peer.findings]
    if peer.refused is None and peer.common_name not in {INSI_AUTO, INSI_MANU}:
        expected = f"{INSI_AUTO} ou {INSI_MANU}"
        found.append(COMMON_NAME.finding(where=f"{WHERE}, CN", expected=expected, found=peer.common_name[:100]))
    return found
