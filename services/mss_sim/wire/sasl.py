# ruff: noqa: N802 - aiosmtpd finds commands by these names
"""AUTH over TLS (RFC 4954, RFC 4616), as clients really write it (domain/mssante.md §5.5).

XOAUTH2 takes access tokens of Pro Santé Connect; in place of one also the box's password, our own choice.
"""

import base64
import binascii

from aiosmtpd.smtp import MISSING

from mss_sim.domain.faults.opening import CHALLENGE
from mss_sim.wire.secured import SecuredProtocol
from mss_sim.wire.session import Account


class SaslProtocol(SecuredProtocol):
    """Authentication by the desk. Stock aiosmtpd knows mechanism names in capitals only."""

    async def smtp_AUTH(self, arg: str | None) -> None:
        if await self.check_helo_needed("EHLO"):
            return
        mechanism, _, initial = (arg or "").partition(" ")
        if not self.secure:
            await self.push("538 5.7.11 Encryption required: use STARTTLS first")
        elif self._account is not None:
            await self.push("503 5.5.1 Already authenticated")
        elif mechanism.upper() == "PLAIN":
            await self._plain(initial.strip())
        elif mechanism.upper() == "LOGIN":
            await self._login(initial.strip())
        elif mechanism.upper() == "XOAUTH2":
            await self._xoauth2(initial.strip())
        else:
            await self.push("504 5.5.4 Unrecognized authentication type")

    async def _plain(self, initial: str) -> None:
        answer = await self._secret("", initial)
        if answer is None:
            return
        fields = answer.split(b"\0")
        if len(fields) != 3:
            await self.push("501 5.5.2 PLAIN: authorization, NUL, login, NUL, password expected")
            return
        acts_as, login, password = fields
        # the workspace may stand before the login alone
        if acts_as and login and acts_as.lower() not in (login.lower(), login.lower().rpartition(b"/")[2]):
            await self.push("535 5.7.8 A box cannot act as another one")
            return
        await self._log_in(login or acts_as, password)

    async def _login(self, initial: str) -> None:
        login = await self._secret("Username:", initial)
        password = await self._secret("Password:", "") if login is not None else None
        if login is not None and password is not None:
            await self._log_in(login, password)

    async def _xoauth2(self, initial: str) -> None:
        answer = await self._secret("", initial)
        if answer is None:
            return
        fields = dict(field.partition(b"=")[::2] for field in answer.split(b"\1") if field)
        scheme, _, token = fields.get(b"auth", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not fields.get(b"user"):
            await self.push("501 5.5.2 XOAUTH2: user=, auth=Bearer and a token expected")
            return
        await self._log_in(fields[b"user"], token, refusal=f"334 {CHALLENGE}")

    async def _secret(self, challenge: str, initial: str) -> bytes | None:
        """The client's next answer, decoded; None when it gave up or wrote no base64 (and was told so)."""
        if not initial:
            answer = await self.challenge_auth(challenge)
            return None if answer is MISSING else bytes(answer)
        try:
            return b"" if initial == "=" else base64.b64decode(initial, validate=True)
        except (binascii.Error, ValueError):
            await self.push("501 5.5.2 Cannot decode base64")
            return None

    async def _log_in(self, login: bytes, password: bytes, *, refusal: str | None = None) -> None:
        """``refusal``: what the mechanism says instead of 535; the connection ends with it (domain/mssante.md §1.1)."""
        name, secret = login.decode("utf-8", "replace"), password.decode("utf-8", "replace")
        link = self.link
        found = await self._desk.authenticate(name, secret, link, bearer=refusal is not None)
        if isinstance(found, Account):
            self._account = found
            found = "235 2.7.0 Authentication successful"
        elif refusal is not None and found.startswith("535"):
            found = refusal
        await self.push(found, link)
        if found.startswith("334") and self.transport is not None:
            self.transport.close()
