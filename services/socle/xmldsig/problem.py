"""The ways in which a signature is refused."""

from enum import StrEnum


class Problem(StrEnum):
    """Each becomes a rule of its own where signatures are checked."""

    ID = "id"
    """The element has no ID to refer to."""
    SIZE = "size"
    COMMENT = "comment"
    """A comment or processing instruction, which splits the text that a reader sees from the text that is signed."""
    MISSING = "missing"
    SEVERAL = "several"
    """More than one Signature in the element."""
    PLACE = "place"
    """The Signature is no child of the element."""
    FORM = "form"
    """Not what XML-DSig's schema and the profile have: missing, doubled, foreign or unknown elements."""
    CANONICALIZATION = "canonicalization"
    ALGORITHM = "algorithm"
    """SignatureMethod is neither RSA-SHA256 nor RSA-SHA1: HMAC, DSA …"""
    DIGEST_ALGORITHM = "digest-algorithm"
    REFERENCES = "references"
    """None, or more than one."""
    URI = "uri"
    """The reference is not to the element itself."""
    TRANSFORMS = "transforms"
    """Anything but enveloped-signature, then exclusive canonicalisation: XSLT, XPath …"""
    KEY_INFO = "key-info"
    """No certificate there, or another way to a key."""
    CERTIFICATE = "certificate"
    """It cannot be read."""
    KEY = "key"
    """The certificate's key is no RSA key of a sensible size."""
    VALUE = "value"
    """SignatureValue is not that of SignedInfo under the certificate's key."""
    DIGEST = "digest"
    """DigestValue is not that of the element."""


class SignatureRefused(Exception):
    """Why, where (an XPath within the element), what was expected and what was found."""

    def __init__(self, problem: Problem, where: str = "", *, expected: str = "", found: str = "") -> None:
        super().__init__(f"{problem}: {found}")
        self.problem, self.where, self.expected, self.found = problem, where, expected, found[:200]
