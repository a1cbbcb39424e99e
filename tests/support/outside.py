"""An authority of somebody else, and what it issues."""

from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding

from socle.pki.issuing import Authority, Holder, make_intermediate, make_root
from socle.pki.kinds import Kind, Subject, wanted

NAME = "TEST AC IGC-SANTE FORT PERSONNES"


@cache
def editors_authority(name: str = "AC EDITEUR ORGANISATIONS") -> Holder:
    """An issuing authority under a root that nobody shows."""
    now = datetime.now(UTC)
    return make_intermediate(make_root("RACINE EDITEUR", now), name, now)


def issued(authority: Holder, kind: Kind, subject: Subject | None = None) -> Holder:
    return Authority(authority).issue(wanted(kind, subject or Subject()), datetime.now(UTC))


def pem_of(holder: Holder) -> bytes:
    """The certificate alone."""
    return holder.certificate.public_bytes(Encoding.PEM)
