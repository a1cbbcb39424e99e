"""What the menders of the DMP are told of a call."""

from lxml import etree

from dmp_sim.domain.mending import Told
from dmp_sim.domain.model import Deposit
from dmp_sim.store import DmpStore
from dmp_sim.wire import iti41
from dmp_sim.wire.cda import H
from dmp_sim.wire.vihf import read_vihf
from socle.control.port import Control
from socle.mending.soap import Received
from socle.soap import xml
from socle.soap.model import Call
from socle.soap.offload import by_size

_DUPLICATE = "dmp.duplicate."


class Teller:
    """Reads a call as the operations do, with the names of the people in its CDAs besides."""

    def __init__(self, store: DmpStore, control: Control) -> None:
        self._store = store
        self._control = control

    async def told(self, call: Call, received: Received) -> Told:
        """Raises what reading a deposit raises; another transaction has an empty one."""
        deposit = await iti41.read_deposit(call) if call.envelope.body.tag == iti41.BODY else Deposit()
        population = self._control.population(call.exchange.workspace)
        return Told(
            deposit,
            read_vihf(call.envelope.header),
            call.clock.now(),
            received.fresh,
            population.accepts_ins,
            await by_size(sum(document.blob.size for document in deposit.documents), _people, deposit),
            _unnamed(call, deposit),
            await self._collides(deposit, call, received),
        )

    async def _collides(self, deposit: Deposit, call: Call, received: Received) -> bool:
        if received.accepted or any(rule.startswith(_DUPLICATE) for rule in received.rules):
            return True
        ids = [entry.unique_id for entry in deposit.entries]
        exchange = call.exchange
        return bool(ids and await self._store.documents(exchange.workspace, exchange.epoch, ids))


def _unnamed(call: Call, deposit: Deposit) -> list[str]:
    named = {document.part for document in deposit.documents}
    return [part.content_id for part in call.parts if part.content_id not in named]


def _people(deposit: Deposit) -> dict[str, tuple[str, str]]:
    """Extension of the id → family and first name, of authors and legal authenticators."""
    found: dict[str, tuple[str, str]] = {}
    for document in deposit.documents:
        if document.cda is not None:
            for entity in xml.parse(document.blob.read()).iter(f"{H}assignedAuthor", f"{H}assignedEntity"):
                identifier, name = entity.find(f"{H}id"), entity.find(f"{H}assignedPerson/{H}name")
                if identifier is not None and name is not None:
                    found.setdefault(identifier.get("extension", ""), (_text(name, "family"), _text(name, "given")))
    return found


def _text(name: etree._Element, child: str) -> str:
    return (name.findtext(f"{H}{child}") or "").strip().replace("^", " ")
