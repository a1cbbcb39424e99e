"""A server that says nothing, as a machine that is off; one that refuses is in ``test_store_postgres_faults``."""

import socket
import time

import pytest

from socle.store import StoreFailed, postgres_connect
from socle.store.postgres_connect import Address, Connector

pytestmark = pytest.mark.postgres


def test_hundreds_of_queued_acts_do_not_each_wait_for_it_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor would a process that stops, which finishes what is queued."""
    monkeypatch.setattr(postgres_connect, "_CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://socles@127.0.0.1:{silent.getsockname()[1]}/socles"
        connector = Connector(lambda: Address(url, "shelf").connect("write"))
        began = time.monotonic()
        for _ in range(100):
            with pytest.raises(StoreFailed, match="timeout"):
                connector.open()
        assert 1 < time.monotonic() - began < 20  # in turn: 200 s
    time.sleep(postgres_connect._SLOW_SECONDS)
    for _ in range(2):
        with pytest.raises(StoreFailed, match="Connection refused"):
            connector.open()
