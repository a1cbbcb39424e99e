"""Which bus a process uses: Kafka when its brokers are named, else the embedded one (D3)."""

from socle.bus.embedded import EmbeddedBus
from socle.bus.embedded_publication import EmbeddedPublication
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.lead_sqlite import FileLead
from socle.bus.port import Bus, Relaying
from socle.bus.relay import Relay
from socle.bus.relaying import Lead, Publication
from socle.store.port import Store
from socle.store.sqlite import SqliteStore


def make_bus() -> Bus:
    """The process's bus; it does nothing before it is started."""
    kafka = KafkaSettings()
    if not kafka.servers:
        return EmbeddedBus()
    from socle.bus.kafka import KafkaBus

    return KafkaBus(kafka)


def make_relay(store: Store, bus: Bus) -> Relaying:
    """What carries the events of ``store`` to ``bus``."""
    return Relay(store, _lead(store), _publication(store, bus))


def _lead(store: Store) -> Lead:
    if isinstance(store, SqliteStore):
        return FileLead(store)
    from socle.bus.lead_postgres import SessionLead  # the driver's import would cost every other start
    from socle.store.postgres import PostgresStore

    assert isinstance(store, PostgresStore)
    return SessionLead(store)


def _publication(store: Store, bus: Bus) -> Publication:
    if isinstance(bus, EmbeddedBus):
        return EmbeddedPublication(store, bus)
    from socle.bus.kafka import KafkaBus
    from socle.bus.kafka_publication import KafkaPublication

    assert isinstance(bus, KafkaBus)
    return KafkaPublication(store, bus)
