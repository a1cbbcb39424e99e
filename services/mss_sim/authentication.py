"""AUTH: who may use a box is whoever has its password, or an access token that opens it."""

import asyncio
from typing import Final

from mss_sim.domain.access import check_password, check_token
from mss_sim.domain.smtp_rules import AUTH_FAILED
from mss_sim.domain.workspaces import choose_workspace
from mss_sim.exchanges import close_exchange, open_exchange
from mss_sim.hook import Declined, FaultHook, nobody_real
from mss_sim.wire.session import Account, Link
from socle.access_tokens import AccessToken, AccessTokens, BadToken, Wrong
from socle.admission import Admission
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.control.port import Control, FaultPoint
from socle.exchange import Exchange, Outcome
from socle.journal.port import Journal
from socle.rules import Finding

_DOTS: Final = 2
"""In a JWT."""


class Authentication:
    """Tokens are verified by the provider's keys, the workspace's clock and what the control plane says is revoked: the
    provider may be away."""

    def __init__(self, control: Control, journal: Journal, admission: Admission, tokens: AccessTokens) -> None:
        self._control = control
        self._journal = journal
        self._hook = FaultHook(control, admission)
        self._tokens = tokens

    async def authenticate(self, login: str, secret: str, link: Link, *, bearer: bool) -> Account | str:
        """See ``wire.session.Desk``. What succeeds is journalled with the mails that follow, not by itself."""
        chosen = choose_workspace(login, lambda name: bool(self._control.workspace(name)))
        workspace = self._control.workspace(chosen.workspace)
        exchange = open_exchange(self._control, "AUTH", chosen.workspace if workspace else DEFAULT_WORKSPACE, link)
        reply: str | None = None
        try:
            nobody_real(self._control, exchange, login, "AUTH", "535 5.7.8")
            exchange.request.headers.append(("AUTH", login[:320]))
            await self._hook.pass_by(FaultPoint.RECEIVED, exchange, link, {"login": chosen.address})
            found = await self._check(workspace, chosen.address, secret, bearer=bearer)
            if isinstance(found, Account):
                return found
            reply = self._refused(exchange, found)
            return reply
        except Declined as declined:
            reply, exchange.outcome = declined.reply, declined.outcome
            return reply
        finally:
            if reply is not None or exchange.fault is not None:
                close_exchange(exchange, reply or "", link)
                self._journal.record(exchange)

    def _refused(self, exchange: Exchange, finding: Finding) -> str:
        exchange.findings.append(finding)
        exchange.outcome = Outcome.REFUSED
        return f"{finding.rule.error_code} {finding.rule.title_en}"

    async def _check(
        self, workspace: Workspace | None, address: str, secret: str, *, bearer: bool
    ) -> Account | Finding:
        """The account, or why there is none. ``bearer``: the secret came as a token, and is one if it looks like it."""
        people = self._control.population(workspace.name) if workspace is not None else None
        box = people.box(address) if people is not None else None
        if workspace is None or people is None or box is None:
            return AUTH_FAILED.finding(where="AUTH", found=address)
        if bearer and secret.count(".") == _DOTS:
            token = await self._verified(workspace, secret)
            rpps = token.national_id[1:] if isinstance(token, AccessToken) else ""
            found = check_token(token, workspace, box, people.professional(rpps))
        else:
            found = check_password(workspace, box, secret, bearer=bearer)
        return Account(workspace.name, box) if found is None else found

    async def _verified(self, workspace: Workspace, token: str) -> AccessToken | BadToken:
        try:
            found = await asyncio.to_thread(self._tokens.verify, token, self._control.clock(workspace.name).now())
        except BadToken as bad:
            return bad
        if self._control.revoked(workspace.name, found.revocable):
            return BadToken(Wrong.REVOKED, found.national_id)
        return found
