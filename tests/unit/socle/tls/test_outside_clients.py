"""A TLS client whose certificate an added authority issued: refused before it is added, taken from then on."""

import ssl
from pathlib import Path

import pytest

from socle.pki.files import pem
from socle.pki.folder import Pki
from socle.pki.kinds import Kind
from socle.tls.contexts import server_context
from socle.tls.settings import TlsSettings
from support.outside import editors_authority, issued, pem_of


def shaken(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """A handshake in memory: the common name that the server saw."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server)
    for _ in range(4):
        for side in (theirs, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert ours.getpeercert(binary_form=True)
    return str(ours.getpeercert())


@pytest.fixture
def client(tmp_path: Path) -> ssl.SSLContext:
    """It shows its certificate alone, without the authority above it."""
    file = tmp_path / "client.pem"
    file.write_bytes(pem(issued(editors_authority(), Kind.INSI_AUTO)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(file)
    return context


def test_a_client_of_an_added_authority_gets_in_by_the_contexts_made_since(
    client: ssl.SSLContext, tmp_path: Path
) -> None:
    pki, settings = Pki(tmp_path / "pki"), TlsSettings(port=None, mutual_port=None)
    before = server_context(settings, pki, mutual=True)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(before, client)
    added = pki.outside.add(pem_of(editors_authority()))
    assert "INSI-AUTO" in shaken(server_context(settings, pki, mutual=True), client)
    pki.outside.remove(added.fingerprint)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(server_context(settings, pki, mutual=True), client)
