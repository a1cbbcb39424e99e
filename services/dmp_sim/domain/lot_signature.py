"""What the signature of a lot says (Signature01, domain/dmp.md §1.6), once its own value and digests verify."""

from dataclasses import dataclass
from enum import StrEnum

PURPOSE = "1.2.840.10065.1.12.1.14"
"""« Source », of SignatureProperty."""
URN = "urn:oid:"


class Agreement(StrEnum):
    """Of a manifest's digest with the document that it names."""

    UNKNOWN = "unknown"
    """No document of the lot, or the lot itself: nothing to compare."""
    RIGHT = "right"
    WRONG = "wrong"
    ALGORITHM = "algorithm"
    """Neither SHA-1 nor SHA-256."""
    TRANSFORMS = "transforms"
    """Something other than one inclusive canonicalisation."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One reference of the manifest."""

    uri: str
    agreement: Agreement = Agreement.UNKNOWN
    found: str = ""
    """The digest, the algorithm or the transforms that stand there."""
    part: str | None = None


@dataclass(frozen=True, slots=True)
class LotSignature:
    """Absent texts are empty."""

    listed: tuple[Listed, ...]
    signing_time: str = ""
    names_signer: bool = True
    """SigningCertificate holds the digest and the serial number of the certificate in KeyInfo."""
    targets_itself: bool = True
    """QualifyingProperties/@Target is the Signature."""
    policy: bool = True
    purpose: str = PURPOSE
