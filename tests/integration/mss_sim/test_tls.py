"""TLS of the submission server: clients that verify names, and clients that show a certificate of their own."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from mss_sim.wire.tls import ServerTls
from socle.exchange import Outcome
from socle.pki.files import certificates_pem, pem
from socle.pki.kinds import Flaw, Kind, Subject
from socle.pki.names import Range
from support.mss_served import Mss, mss
from support.signed import holder, pki


def trusting(*ranges: Range) -> ssl.SSLContext:
    """A client that verifies, as real ones do; by default under the root that ``socles trust`` gives."""
    roots = [pki().root(one) for one in ranges or (Range.ORGANISATIONS,)]
    return ssl.create_default_context(cadata=certificates_pem(roots).decode())


def showing(folder: Path, kind: Kind, flaw: Flaw | None = None) -> ssl.SSLContext:
    context = trusting()
    file = folder / f"{kind}-{flaw}.pem"
    file.write_bytes(pem(holder(kind, flaw)))
    context.load_cert_chain(file)
    return context


async def greet(
    served: Mss, context: Callable[[], ssl.SSLContext], host: str = "smtp.socles.localhost"
) -> tuple[int, bytes]:
    """STARTTLS as a client that called the server ``host``, and a refused login, which the journal keeps."""
    return await asyncio.to_thread(_greet, served, context, host)


def _greet(served: Mss, context: Callable[[], ssl.SSLContext], host: str) -> tuple[int, bytes]:
    with smtplib.SMTP("127.0.0.1", served.port, timeout=20) as client:
        client._host = host  # type: ignore[attr-defined]  # the name that smtplib verifies
        client.starttls(context=context())
        try:
            return client.login("nobody@hopital.mssante.fr", "wrong")
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code, error.smtp_error


@pytest.mark.parametrize("host", ["smtp.socles.localhost", "localhost", "ws1.socles.localhost", "127.0.0.1"])
async def test_a_client_that_verifies_names_is_served(tmp_path: Path, host: str) -> None:
    async with mss(tmp_path) as served:
        assert (await greet(served, trusting, host))[0] == 535


async def test_the_name_of_the_settings_stands_in_the_certificate(tmp_path: Path) -> None:
    async with mss(tmp_path, hostname="smtp.hopital.example") as served:
        assert (await greet(served, trusting, "smtp.hopital.example"))[0] == 535
        with pytest.raises(ssl.SSLCertVerificationError):
            await greet(served, trusting, "smtp.ailleurs.example")
        with pytest.raises(ssl.SSLCertVerificationError):
            await greet(served, partial(trusting, Range.PERSONS), "smtp.hopital.example")

        told = [one for one in served.journal.exchanges if one.operation == "STARTTLS"]
        assert {finding.rule.id for one in told for finding in one.findings} == {"tls.server.distrusted"}
        assert {one.outcome for one in told} == {Outcome.REFUSED}


async def test_an_applicative_box_may_show_its_certificate_and_the_journal_names_it(tmp_path: Path) -> None:
    async with mss(tmp_path) as served:
        await greet(served, partial(showing, tmp_path, Kind.ORG_AUTH_CLI))

        tls = served.journal.last.tls
        assert tls is not None
        assert f"OU={Subject().structure}" in tls


@pytest.mark.parametrize(
    ("flaw", "rule"),
    [
        (Flaw.EXPIRED, "tls.client.expired"),
        (Flaw.FOREIGN_ROOT, "tls.client.unknown-authority"),
        (Flaw.REVOKED, "tls.client.revoked"),
    ],
)
async def test_a_certificate_that_is_no_good_ends_the_connection_and_is_told(
    tmp_path: Path, flaw: Flaw, rule: str
) -> None:
    async with mss(tmp_path) as served:
        with pytest.raises((OSError, smtplib.SMTPException)):
            await greet(served, partial(showing, tmp_path, Kind.ORG_AUTH_CLI, flaw))

        told = served.journal.last
        assert (told.operation, told.outcome) == ("STARTTLS", Outcome.REFUSED)
        assert [finding.rule.id for finding in told.findings] == [rule]
        assert told.peer.startswith("127.0.0.1:")


async def test_a_certificate_of_ones_own_is_shown_and_one_that_cannot_be_read_is_said_at_the_start(
    tmp_path: Path,
) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(await asyncio.to_thread(lambda: pem(holder(Kind.SERVER, None, Subject(hosts=("mail.example",))))))
    async with mss(tmp_path / "one", certificate=own) as served:
        assert (await greet(served, trusting, "mail.example"))[0] == 535
    own.write_text("nothing")
    with pytest.raises(ssl.SSLError):
        async with mss(tmp_path / "two", certificate=own):
            pass


async def test_without_authorities_starttls_is_refused_for_now_and_tried_again(tmp_path: Path) -> None:
    async with mss(tmp_path) as served:
        tries: Iterator[OSError | None] = iter([PermissionError("pki"), None])
        make = served.service._tls._make

        def failing() -> ssl.SSLContext:
            error = next(tries)
            if error is not None:
                raise error
            return make()

        served.service._tls = tls = ServerTls(failing, lambda serial, fingerprint: False)
        with pytest.raises(smtplib.SMTPResponseException, match="454"):
            await greet(served, trusting)
        assert (await greet(served, trusting))[0] == 535
        assert await tls.context() is await tls.context()
