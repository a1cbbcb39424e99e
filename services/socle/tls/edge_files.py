"""What an edge needs of the sandbox: the server's certificate with its key, and the key by which the services know it.

One folder, which the edge and the services share; the authorities' keys stay elsewhere.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from cryptography import x509

from socle.exchange import new_id
from socle.pki.files import pem
from socle.pki.folder import Pki
from socle.pki.issuer import issuer_of
from socle.pki.kinds import Kind, Subject, wanted

SERVER, KEY = "server.pem", "key"
_RENEW_BEFORE = timedelta(days=30)


def prepare_edge(folder: Path, pki: Pki, hosts: Sequence[str]) -> None:
    """Write what is absent, and anew a certificate that is no good any more: nearly expired, of other authorities, or
    without one of ``hosts``. Blocking. Raises ``OSError`` when the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    pki.prepare()
    subject, server = Subject(hosts=tuple(hosts)), folder / SERVER
    if not _still_good(server, pki, set(wanted(Kind.SERVER, subject).names)):
        _write(server, pem(pki.issue(Kind.SERVER, subject)))
    if not (folder / KEY).exists():
        _write(folder / KEY, token_hex().encode())


def _still_good(file: Path, pki: Pki, names: set[str]) -> bool:
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
        shown = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    of_hosts = {str(one.value) for one in shown}
    return (
        found.not_valid_after_utc > datetime.now(UTC) + _RENEW_BEFORE
        and names <= of_hosts
        and issuer_of(found, pki) is not None
    )


def _write(file: Path, content: bytes) -> None:
    """Readable by its owner only, and whole or not at all."""
    temporary = file.with_name(f"{file.name}.{new_id()}.new")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
