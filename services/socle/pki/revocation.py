"""Revocations as clients ask for them: CRL (RFC 5280) and OCSP (RFC 6960), signed by the authority itself."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from socle.pki.folder import Pki
from socle.pki.names import Range

CRL_LASTS = timedelta(days=1)
OCSP_LASTS = timedelta(minutes=5)


def crl(pki: Pki, range_: Range) -> bytes:
    """The range's list as of now, DER."""
    now, holder = datetime.now(UTC), pki.authority(range_).holder
    issuer = holder.certificate.subject
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(now)
        .next_update(now + CRL_LASTS)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
    )
    for one in pki.revoked():
        leaf = pki.find(one.serial)
        if leaf is not None and leaf.issuer == issuer:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
            builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(holder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def answer_ocsp(pki: Pki, range_: Range, asked: bytes) -> bytes:
    """The answer to a request, DER; a request that cannot be read is answered as malformed."""
    try:
        request = ocsp.load_der_ocsp_request(asked)
    except ValueError:
        return _failure(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    holder = pki.authority(range_).holder
    leaf = pki.find(request.serial_number)
    if leaf is None or leaf.issuer != holder.certificate.subject:
        return _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    now, revoked_at = datetime.now(UTC), pki.revoked_at(request.serial_number)
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=leaf,
            issuer=holder.certificate,
            algorithm=request.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.GOOD if revoked_at is None else ocsp.OCSPCertStatus.REVOKED,
            this_update=now,
            next_update=now + OCSP_LASTS,
            revocation_time=revoked_at,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, holder.certificate)
    )
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            response = response.add_extension(extension.value, critical=False)
    return response.sign(holder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _failure(status: ocsp.OCSPResponseStatus) -> bytes:
    built = ocsp.OCSPResponseBuilder.build_unsuccessful(status)
    return built.public_bytes(serialization.Encoding.DER)
