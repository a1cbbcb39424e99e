"""Which bus a process uses: the embedded one by default (D3)."""

from socle.bus.embedded import EmbeddedBus
from socle.bus.port import Bus, Relaying
from socle.bus.relay import Relay
from socle.settings import GroundSettings
from socle.store.port import Store
from socle.store.sqlite import SqliteStore


def make_bus(settings: GroundSettings) -> Bus:
    """The process's bus; it does nothing before it is started."""
    return EmbeddedBus()


def make_relay(settings: GroundSettings, store: Store, bus: Bus) -> Relaying:
    """What carries the events of ``store`` to ``bus``."""
    assert isinstance(store, SqliteStore)
    assert isinstance(bus, EmbeddedBus)
    return Relay(store, bus)
