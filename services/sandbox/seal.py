"""What a hospital signs with: the certificate of its establishment and a professional's card, as files.

Files, since hospitals are sent to other processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from socle.assertions.making.crafting import crafted
from socle.assertions.making.lot import Identity
from socle.assertions.making.saml import Told
from socle.pki.issuing import Holder

Write = Callable[[Told], str]
"""Writes the assertion that is to be signed."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Of one hospital."""

    structure: bytes
    """PEM: certificate and key of the establishment (ORG SIGN)."""
    card: bytes
    """The same of a card (CPS, signature)."""
    card_id: str
    """Whose card: 8 + RPPS."""
    at: datetime | None = None
    """None: an assertion is issued when it is asked for. Else all are issued then, under ids of their own: for bodies
    that are rendered beforehand and sent many times."""

    def by_structure(self, assertion_id: str, issued_at: datetime, write: Write) -> str:
        """``wsse:Security``, signed by the establishment."""
        return self._signed(self.structure, assertion_id, issued_at, write)

    def by_card(self, assertion_id: str, issued_at: datetime, write: Write) -> str:
        """``wsse:Security``, signed by the card."""
        return self._signed(self.card, assertion_id, issued_at, write)

    @property
    def identity(self) -> Identity:
        """Signs lots."""
        holder = _holder(self.structure)
        return Identity(holder.certificate, holder.key)

    def _signed(self, pem: bytes, assertion_id: str, issued_at: datetime, write: Write) -> str:
        told = Told(assertion_id, issued_at)
        if self.at is not None:
            told = replace(told, identifier=f"_{uuid4()}", issued_at=self.at)
        return crafted(write, told, _holder(pem))


@cache
def _holder(pem: bytes) -> Holder:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, RSAPrivateKey)
    return Holder(x509.load_pem_x509_certificate(pem), key)
