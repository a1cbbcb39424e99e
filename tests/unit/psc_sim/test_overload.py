"""Too much at once is an answer (D16)."""

import json
from pathlib import Path

from psc_sim.acts.discovery import discovery
from psc_sim.settings import PscSettings
from psc_sim.wire.endpoint import Endpoint, Gate
from socle.admission import Admission
from socle.control.plane import ControlPlane
from socle.exchange import Exchange, Outcome
from socle.service import Message
from socle.settings import GroundSettings


class ListJournal:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


async def test_no_place_left(tmp_path: Path) -> None:
    journal, admission, sent = ListJournal(), Admission("psc_sim", active=1, queue=0), list[Message]()
    gate = Gate(ControlPlane(GroundSettings(data_dir=tmp_path)), journal, admission, PscSettings().policy)
    endpoint = Endpoint(gate, "discovery", ("GET",), discovery)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "state": {}}
    async with admission:
        await endpoint(scope, receive, send)
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["error"] == "temporarily_unavailable"
    assert journal.exchanges[0].outcome is Outcome.OVERLOAD
    assert [finding.rule.id for finding in journal.exchanges[0].findings] == ["psc.busy"]
