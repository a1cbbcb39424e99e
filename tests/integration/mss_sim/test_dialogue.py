"""The dialogue by hand: each defect of aiosmtpd cured, smuggling and injection refused, the dialogue always in step."""

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from socle.control.model import BoxType
from socle.exchange import Outcome
from support.mails import mail
from support.mss_served import Mss, mss
from support.raw_smtp import RawSmtp


async def ready(served: Mss) -> tuple[RawSmtp, str, str]:
    sender, receiver = (box.address for box in served.boxes(BoxType.PER)[:2])
    return await RawSmtp.ready(served.port, served.context, sender), sender, receiver


async def stored(served: Mss) -> int:
    return len((await served.http.get("/_sandbox/mss_sim/messages")).json()["messages"])


async def test_extensions_are_announced_and_auth_only_under_tls(served: Mss) -> None:
    client = await RawSmtp.open(served.port, served.context)
    clear = await client.ask("EHLO test")
    for extension in ("8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES", "DSN", "STARTTLS", f"SIZE {35 << 20}"):
        assert f"250-{extension}" in clear
    assert "AUTH" not in clear
    assert (await client.ask("AUTH PLAIN AGEAYg==")).startswith("538 5.7.11")
    assert (await client.ask("MAIL FROM:<a@b.fr>")).startswith("530 5.7.0")
    await client.secure()
    assert (await client.ask("MAIL FROM:<a@b.fr>")).startswith("503 5.5.1")
    secured = await client.ask("EHLO test")
    assert "250-AUTH PLAIN LOGIN XOAUTH2" in secured
    assert "STARTTLS" not in secured
    assert (await client.ask("STARTTLS")).startswith("503")
    assert (await client.ask("HELP")).startswith("250 2.0.0")
    assert (await client.ask("VRFY a@b.fr")).startswith("252 2.5.0")
    assert (await client.ask("QUIT")).startswith("221 2.0.0")
    await client.close()


async def test_mechanism_names_in_any_case_and_the_ways_of_plain_and_login(served: Mss) -> None:
    address = served.boxes(BoxType.PER)[0].address
    name, secret = (base64.b64encode(text.encode()).decode() for text in (address, "socles"))
    plain = base64.b64encode(f"{address}\0{address}\0socles".encode()).decode()
    for steps in (
        [f"auth plain {plain}"],
        ["AUTH PLAIN", plain],
        ["AUTH PLAIN", base64.b64encode(f"{address}\0default/{address}\0socles".encode()).decode()],
        ["auth Login", name, secret],
        [f"AUTH LOGIN {name}", secret],
    ):
        client = await RawSmtp.open(served.port, served.context)
        await client.ask("EHLO test")
        await client.secure()
        await client.ask("EHLO test")
        for step in steps[:-1]:
            assert (await client.ask(step)).startswith("334")
        assert (await client.ask(steps[-1])).startswith("235 2.7.0")
        assert (await client.ask(steps[0])).startswith("503")
        await client.close()


async def test_authentication_that_goes_wrong(served: Mss) -> None:
    client = await RawSmtp.open(served.port, served.context)
    await client.ask("EHLO test")
    await client.secure()
    await client.ask("EHLO test")
    assert (await client.ask("AUTH GSSAPI abc")).startswith("504 5.5.4")
    assert (await client.ask("AUTH XOAUTH2 !!!")).startswith("501 5.5.2")
    assert (await client.ask("AUTH XOAUTH2 " + base64.b64encode(b"user=a").decode())).startswith("501 5.5.2")
    assert (await client.ask("AUTH PLAIN !!!")).startswith("501 5.5.2")
    assert (await client.ask("AUTH PLAIN " + base64.b64encode(b"one").decode())).startswith("501 5.5.2")
    assert (await client.ask("AUTH LOGIN")).startswith("334")
    assert (await client.ask("*")).startswith("501")
    assert (await client.ask("AUTH PLAIN " + base64.b64encode(b"\0a\0b").decode())).startswith("535 5.7.8")
    first, other = (box.address for box in served.boxes(BoxType.PER)[:2])
    as_another = base64.b64encode(f"{other}\0{first}\0socles".encode()).decode()
    assert (await client.ask(f"AUTH PLAIN {as_another}")).startswith("535 5.7.8")
    assert (await client.ask("NOOP " + "x" * 12_000)).startswith("250")
    assert (await client.ask("AUTH PLAIN " + "QUFB" * 3500)).startswith("501")
    assert (await client.ask("NOOP " + "x" * 20_000)).startswith("500 5.5.2")
    assert (await client.ask("NOOP")).startswith("250")
    await client.close()


async def test_a_token_is_refused_as_the_field_has_seen_it_and_the_next_one_accepted(served: Mss) -> None:
    address = served.boxes(BoxType.PER)[0].address

    async def present(token: str, *, initial: bool) -> tuple[str, RawSmtp]:
        client = await RawSmtp.open(served.port, served.context)
        await client.ask("EHLO test")
        await client.secure()
        assert "AUTH PLAIN LOGIN XOAUTH2" in await client.ask("EHLO test")
        secret = base64.b64encode(f"user={address}\1auth=Bearer {token}\1\1".encode()).decode()
        if initial:
            return await client.ask(f"auth xoauth2 {secret}"), client
        assert (await client.ask("AUTH XOAUTH2")).startswith("334")
        return await client.ask(secret), client

    reply, client = await present("jeton-perime", initial=False)
    assert base64.b64decode(reply.removeprefix("334 ")) == b'{"status":"401","schemes":"bearer","scope":"mail"}'
    assert await client.reply() == "", "the connection drops"
    await client.close()
    for initial in (True, False):
        reply, client = await present("socles", initial=initial)
        assert reply.startswith("235 2.7.0")
        await client.close()


async def test_dsn_parameters_and_the_null_sender(served: Mss) -> None:
    client, sender, receiver = await ready(served)
    assert (await client.ask(f"MAIL FROM:<{sender}> ret=hdrs ENVID=QQ+2B1 BODY=8BITMIME size=10")).startswith("250")
    assert (await client.ask(f"RCPT TO:<{receiver}> ORCPT=rfc822;{receiver} notify=success,failure")).startswith("250")
    assert (await client.ask("MAIL FROM:<>")).startswith("503")
    assert (await client.ask("RSET")).startswith("250")
    assert (await client.ask("MAIL FROM:<> XTRA=1")).startswith("555 5.5.4")
    assert (await client.ask("MAIL FROM:<>")).startswith("250")
    assert (await client.ask("DATA")).startswith("503")
    assert (await client.ask("RCPT TO:<>")).startswith("501")
    assert (await client.ask(f"RCPT TO:<{receiver}>")).startswith("250")
    await client.close()


async def test_everything_pipelined_at_once(served: Mss) -> None:
    client, sender, receiver = await ready(served)
    one = f"MAIL FROM:<{sender}>\r\nRCPT TO:<{receiver}>\r\nDATA\r\n".encode()
    await client.say(one + b"Subject: 1\r\n\r\n..dot\r\n.\r\n" + one + b".\r\n" + b"NOOP\r\nQUIT\r\n")
    codes = [(await client.reply())[:3] for _ in range(10)]
    assert codes == ["250", "250", "354", "250", "250", "250", "354", "250", "250", "221"]
    assert await client.reply() == ""
    assert await stored(served) == 2
    await client.close()


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n"])
async def test_smuggling_ends_nothing_and_is_refused_whole(served: Mss, end: bytes) -> None:
    client, sender, receiver = await ready(served)
    await client.ask(f"MAIL FROM:<{sender}>")
    await client.ask(f"RCPT TO:<{receiver}>")
    await client.ask("DATA")
    smuggled = f"MAIL FROM:<{sender}>\r\nRCPT TO:<{receiver}>\r\nDATA\r\nSubject: evil\r\n\r\nx".encode()
    await client.say(b"Subject: good\r\n\r\ntext" + end + smuggled + b"\r\n.\r\n")
    assert (await client.reply()).startswith("554 5.6.0")
    assert (await client.ask("NOOP")).startswith("250")
    assert await stored(served) == 0
    assert [finding.rule.id for finding in served.journal.last.findings] == ["mss.smtp.lone-dot"]
    await client.close()


async def test_bare_newlines_are_kept_and_told(served: Mss) -> None:
    client, sender, receiver = await ready(served)
    await client.ask(f"MAIL FROM:<{sender}>")
    await client.ask(f"RCPT TO:<{receiver}>")
    await client.ask("DATA")
    await client.say(b"Subject: bare\n\nline\nline\r\n.\r\n")
    reply = await client.reply()
    assert reply.startswith("250")
    raw = await served.http.get(f"/_sandbox/mss_sim/messages/{reply.split()[-1]}/raw")
    assert raw.content == b"Subject: bare\n\nline\nline\r\n"
    assert "mss.smtp.bare-newline" in {finding.rule.id for finding in served.journal.last.findings}
    await client.close()


async def test_commands_injected_behind_starttls_are_discarded(served: Mss) -> None:
    client = await RawSmtp.open(served.port, served.context)
    await client.ask("EHLO test")
    await client.say(b"STARTTLS\r\nEHLO injected\r\nNOOP\r\n")
    assert (await client.reply()).startswith("220")
    await client.writer.start_tls(client.context)
    assert (await client.ask("MAIL FROM:<>")).startswith("503 5.5.1")  # no EHLO was heard
    assert [finding.rule.id for finding in served.journal.exchanges[0].findings] == ["mss.smtp.starttls-injection"]
    await client.close()


async def test_a_broken_handshake_ends_the_connection_only(served: Mss) -> None:
    client = await RawSmtp.open(served.port, served.context)
    await client.ask("EHLO test")
    assert (await client.ask("STARTTLS")).startswith("220")
    await client.say(b"this is no TLS\r\n" * 10)
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(30):
            await client.reader.read()
    await client.close()
    code, _ = await served.send(mail(), [served.boxes(BoxType.PER)[1].address])
    assert code == 250


async def test_unknown_commands_and_abandoned_transactions(served: Mss) -> None:
    client, sender, receiver = await ready(served)
    assert (await client.ask("FOO")).startswith("500 5.5.2")
    assert (await client.ask(f"MAIL FROM:<{sender}>")).startswith("250")
    assert (await client.ask("RCPT TO:<a@example.org>")).startswith("550 5.1.2")
    assert (await client.ask("DATA")).startswith("503")
    assert (await client.ask("EHLO again")).startswith("250")
    refused = served.journal.last
    assert (refused.outcome, refused.status) == (Outcome.REFUSED, 550)
    assert (await client.ask(f"MAIL FROM:<{sender}>")).startswith("250")
    assert (await client.ask(f"RCPT TO:<{receiver}>")).startswith("250")
    assert (await client.ask("DATA")).startswith("354")
    await client.say(b"half a message")
    await client.close()
    for _ in range(100):
        if served.journal.last is not refused:
            break
        await asyncio.sleep(0.02)
    assert (served.journal.last.outcome, served.journal.last.code) == (Outcome.FAULT, "abandoned")
    assert await stored(served) == 0


@pytest.mark.parametrize(
    "dialogue",
    [
        test_extensions_are_announced_and_auth_only_under_tls,
        test_mechanism_names_in_any_case_and_the_ways_of_plain_and_login,
        test_everything_pipelined_at_once,
        test_commands_injected_behind_starttls_are_discarded,
        test_a_broken_handshake_ends_the_connection_only,
        test_unknown_commands_and_abandoned_transactions,
    ],
)
def test_the_same_on_uvloop(dialogue: Callable[[Mss], Awaitable[None]], tmp_path: Path) -> None:
    """The product runs on uvloop where there is one; TLS is another implementation there."""
    uvloop = pytest.importorskip("uvloop")

    async def main() -> None:
        async with mss(tmp_path) as running:
            await dialogue(running)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
