"""Names and algorithms of XML-DSig (W3C, 2008), as far as they are taken here."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

DS = "http://www.w3.org/2000/09/xmldsig#"
D = f"{{{DS}}}"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_COMMENTS = f"{INCLUSIVE}#WithComments"
XADES = "http://uri.etsi.org/01903/v1.1.1#"
X = f"{{{XADES}}}"
ENVELOPED = f"{DS}enveloped-signature"
RSA_SHA1, RSA_SHA256 = f"{DS}rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
DIGEST_SHA1, DIGEST_SHA256 = f"{DS}sha1", "http://www.w3.org/2001/04/xmlenc#sha256"

SIGNATURE_METHODS: Mapping[str, HashAlgorithm] = {RSA_SHA256: SHA256(), RSA_SHA1: SHA1()}  # noqa: S303 - as the DMP has it
DIGEST_METHODS: Mapping[str, HashAlgorithm] = {DIGEST_SHA256: SHA256(), DIGEST_SHA1: SHA1()}  # noqa: S303
