"""What a mail transaction knows, and the port through which the protocol asks for decisions."""

from dataclasses import dataclass, field
from typing import Protocol

from mss_sim.domain.recipients import Recipient
from mss_sim.wire.leaving import part
from mss_sim.wire.params import MailParams, RcptParams
from mss_sim.wire.receive import Received
from socle.control.model import Box
from socle.control.port import SEVERAL, Fault
from socle.exchange import Exchange
from socle.rules import Finding


class Cut(Exception):
    """A fault rule asks for the connection to be cut, without a word (D10)."""


@dataclass(slots=True)
class Link:
    """The connection, as the journal names it."""

    peer: str
    tls: str | None
    leaving: Fault | None = None
    """A fault rule says how the next reply leaves."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who authenticated: a box of a workspace's population."""

    workspace: str
    box: Box


@dataclass(slots=True)
class MailTransaction:
    """From MAIL to the end of DATA: one exchange."""

    account: Account
    exchange: Exchange
    sender: str
    """Empty: the null sender."""
    params: MailParams
    link: Link
    """On which the replies to this mail's commands leave."""
    recipients: list[Recipient] = field(default_factory=list)
    looked_at: bool = False
    """Its content holds no number that may be a real person's (D11)."""

    def note(self, command: str, argument: str, reply: str) -> None:
        """Keep one step of the dialogue."""
        self.exchange.request.headers.append((command, argument))
        self.exchange.response.headers.append((command, part(reply, self.link.leaving)))

    def attributes(self, **more: str) -> dict[str, str]:
        """What fault rules match on: ``login``, ``from``, ``to`` (any recipient), and ``more``."""
        known = {"login": self.account.box.address, "from": self.sender}
        if self.recipients:
            known["to"] = SEVERAL.join(item.address for item in self.recipients)
        return known | more


class Desk(Protocol):
    """Decides, stores and journals; each method gives the reply line, and may raise ``Cut``."""

    async def opening(self, operation: str, hostname: str, link: Link) -> str | None:
        """EHLO or STARTTLS, before anybody is known: a refusal, or None."""
        ...

    async def authenticate(self, login: str, secret: str, link: Link, *, bearer: bool = False) -> Account | str:
        """``bearer``: the secret came as an OAuth token."""
        ...

    async def begin(
        self, account: Account, sender: str, params: MailParams, link: Link, argument: str
    ) -> MailTransaction | str: ...

    async def recipient(self, mail: MailTransaction, address: str, params: RcptParams, argument: str) -> str: ...

    async def data(self, mail: MailTransaction) -> str:
        """May DATA begin? The reply is ``354 …``, or a refusal that ends the transaction."""
        ...

    async def content(self, mail: MailTransaction, received: Received) -> str: ...

    def abandoned(self, mail: MailTransaction, how: str) -> None:
        """The transaction ended without a message."""
        ...

    def injected(self, link: Link, size: int) -> None:
        """Bytes in clear followed STARTTLS and were discarded."""
        ...

    def handshake_failed(self, operation: str, link: Link, finding: Finding) -> None:
        """TLS did not come about, behind ``STARTTLS`` or before the greeting (``TLS``), or not with this client."""
        ...
