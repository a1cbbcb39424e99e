"""TLS contexts of servers: on the sandbox's own certificate, or one's own; with the client's asked for, or not."""

import os
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path

from socle.pki.files import certificates_pem, pem
from socle.pki.folder import Pki
from socle.pki.kinds import Kind, Subject
from socle.pki.names import INSI_HOST, INSI_MUTUAL_HOST, Range
from socle.tls.settings import DMP_SUITES, TlsSettings, TlsVersion

_OLDEST = {TlsVersion.V1_2: ssl.TLSVersion.TLSv1_2, TlsVersion.V1_3: ssl.TLSVersion.TLSv1_3}


def server_context(settings: TlsSettings, pki: Pki, *, mutual: bool) -> ssl.SSLContext:
    """Of an HTTPS listener. Makes the authorities if there are none. Blocking.

    Raises ``OSError`` (``ssl.SSLError`` is one) for a certificate or suites that cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _OLDEST[settings.oldest]
    context.set_ciphers(settings.suites or ":".join(DMP_SUITES))
    # clients of INSi check how the CN ends, beside the names (domain/insi.md §1.3): it is that of the first host
    show(context, pki, settings.certificate, settings.hosts or (INSI_MUTUAL_HOST if mutual else INSI_HOST,))
    if mutual:
        ask(context, pki, ssl.CERT_REQUIRED)
    return context


def show(context: ssl.SSLContext, pki: Pki, certificate: Path | None, hosts: Sequence[str]) -> None:
    """Have a server show ``certificate`` (key and certificate, PEM); None: one that is made for it, also for ``hosts``.

    Raises ``OSError`` for a file that cannot be used.
    """
    if certificate is not None:
        context.load_cert_chain(certificate)
        return
    pki.prepare()
    content = pem(pki.issue(Kind.SERVER, Subject(hosts=tuple(hosts))))
    # OpenSSL takes keys from files only: one that its owner alone can read, and that is gone at once
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()


def ask(context: ssl.SSLContext, pki: Pki, mode: ssl.VerifyMode) -> None:
    """Have a server ask for the client's certificate, and take those of the sandbox's authorities, and of others as
    they are now."""
    pki.prepare()
    context.verify_mode = mode
    # roots and intermediates: some clients show their own certificate only
    outside = [one.certificate for one in pki.outside.trusted()]
    if outside:  # an issuing authority is added without its root
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trusted = [*map(pki.root, Range), *map(pki.intermediate, Range), *outside]
    context.load_verify_locations(cadata=certificates_pem(trusted).decode())
