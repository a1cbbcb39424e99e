"""The certificate that opened TLS: whether it is any good, and whether it is the VIHF's structure's.

Asked of every call that shows one, whatever the workspace makes of assertions. Source: domain/dmp.md §0.2.
"""

from collections.abc import Iterator

from dmp_sim.domain.check_signer import LEGAL_PERSON, STRUCTURE
from dmp_sim.domain.vihf import Vihf
from socle.rules import Finding
from socle.tls.peer import Peer


def check_channel(peer: Peer | None, vihf: Vihf | None) -> Iterator[Finding]:
    """Nothing without a certificate: the plain port and one-way TLS are for those who have none yet. A card has no
    structure, so that of a professional in mode DIRECTE is compared with nothing."""
    if peer is None:
        return
    yield from peer.findings
    if vihf is None or not vihf.structure or not peer.structure or not peer.issuer_trusted:
        return
    if peer.structure != vihf.structure:
        expected = f"OU={peer.structure} (certificat TLS)"
        yield LEGAL_PERSON.finding(where=STRUCTURE, expected=expected, found=vihf.structure, line=vihf.line)
