"""A TLS client whose certificate an added authority issued: refused before it is added, taken from then on."""

import ssl
from pathlib import Path
from urllib.parse import quote

import pytest

from socle.control.plane import ControlPlane
from socle.pki.files import certificates_pem, pem
from socle.pki.folder import Pki
from socle.pki.kinds import Flaw, Kind
from socle.settings import GroundSettings
from socle.tls import rules
from socle.tls.contexts import server_context
from socle.tls.judging import Judge
from socle.tls.listener import terms_of
from socle.tls.peer import read_peer
from socle.tls.settings import TlsSettings
from support.list_journal import ListJournal
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


async def test_a_certificate_is_revoked_by_its_issuer_alone(tmp_path: Path) -> None:
    """Not by ours, for having the number of one that we revoked, under an authority that has even our name."""
    pki, settings = Pki(tmp_path / "pki"), TlsSettings(port=None, mutual_port=None)
    pki.prepare()
    gone = pki.issue(Kind.INSI_AUTO, flaw=Flaw.REVOKED)
    serial = gone.certificate.serial_number
    authority = editors_authority("AC IGC-SANTE ELEMENTAIRE ORGANISATIONS")
    pki.outside.add(pem_of(authority))
    theirs = issued(authority, Kind.INSI_AUTO, serial=serial)
    assert (theirs.certificate.serial_number, theirs.certificate.issuer) == (serial, gone.certificate.issuer)
    ground = GroundSettings(data_dir=tmp_path / "data")
    terms = await terms_of(settings, pki, ControlPlane(ground), ListJournal(ground), mutual=True)
    for made, told in ((gone, [rules.REVOKED]), (theirs, [])):
        peer = await terms.complete(read_peer(made.certificate))
        assert [one.rule for one in peer.findings] == told
        behind = Judge(pki).judge_now(quote(certificates_pem([made.certificate]), safe="").encode())
        assert [one.rule for one in behind.findings] == told
