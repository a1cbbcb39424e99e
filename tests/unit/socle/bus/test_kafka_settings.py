"""What the settings make of a cluster, ours or foreign; what they refuse."""

import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError

from socle.bus.embedded import EmbeddedBus
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.wiring import make_bus


def test_without_a_broker_events_stay_on_the_embedded_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOCLES_KAFKA_BOOTSTRAP", raising=False)
    assert isinstance(make_bus(), EmbeddedBus)


def test_naming_a_broker_is_all_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_KAFKA_BOOTSTRAP", "one:9092, two:9092")
    bus = make_bus()
    assert isinstance(bus, KafkaBus)
    connection = bus.settings.connection("relay")
    assert connection["bootstrap_servers"] == ["one:9092", "two:9092"]
    assert connection["security_protocol"] == "PLAINTEXT"
    assert connection["client_id"].startswith("socles-relay-")
    assert "ssl_context" not in connection
    assert "sasl_mechanism" not in connection


def test_a_foreign_cluster_gets_name_password_and_checked_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BOOTSTRAP": "broker.example:9094",
        "SECURITY_PROTOCOL": "SASL_SSL",
        "SASL_MECHANISM": "SCRAM-SHA-512",
        "USERNAME": "socles",
        "PASSWORD": "secret",
    }.items():
        monkeypatch.setenv(f"SOCLES_KAFKA_{name}", value)
    settings = KafkaSettings()
    connection = settings.connection("relay")
    assert (connection["security_protocol"], connection["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (connection["sasl_plain_username"], connection["sasl_plain_password"]) == ("socles", "secret")
    context = connection["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert "secret" not in repr(settings)


def test_the_name_on_the_certificate_may_be_ignored_but_never_who_signed_it() -> None:
    settings = KafkaSettings(bootstrap="b:9093", security_protocol="SSL", check_hostname=False)
    context = settings.connection("relay")["ssl_context"]
    assert not context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    settings = KafkaSettings(bootstrap="b:9093", security_protocol="SSL", ca_file=tmp_path / "ca.pem")
    with pytest.raises(FileNotFoundError):
        settings.connection("relay")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"security_protocol": "SASL_SSL", "username": "u"}, "SOCLES_KAFKA_USERNAME and SOCLES_KAFKA_PASSWORD"),
        ({"security_protocol": "SASL_PLAINTEXT"}, "SOCLES_KAFKA_USERNAME and SOCLES_KAFKA_PASSWORD"),
        ({"key_file": "key.pem"}, "needs SOCLES_KAFKA_CERT_FILE"),
        ({"security_protocol": "TLS"}, "SASL_SSL"),
        ({"replication_factor": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_work_is_refused_at_once(values: dict[str, object], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        KafkaSettings(bootstrap="b:9092", **values)


def test_a_bus_without_brokers_is_refused() -> None:
    with pytest.raises(ValueError, match="names no broker"):
        KafkaBus(KafkaSettings(bootstrap=" , "))


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in KafkaSettings.model_fields.values())
