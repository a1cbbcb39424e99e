"""What the environment may say of the database."""

import pytest
from pydantic import ValidationError

from socle.bus.kafka_settings import KafkaSettings
from socle.control.settings import ControlSettings
from socle.settings import GroundSettings

_WRONG = ["mysql://u:hidden@h/d", "postgresql://u:hidden@h", "host=h password=hidden", "postgres:/u:hidden@h/d"]
_NOT_ENCODED = ["postgresql://u:hidden/hidden@h/d", "postgresql://u:hid den@h/d", "postgresql://u:hidden%zz@h/d"]


@pytest.mark.parametrize("url", ["postgresql://u:p@h:5432/d", "postgres://u@h/d?sslmode=require", "postgresql:///d"])
def test_a_url_of_postgresql_is_taken_as_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", url)
    settings = GroundSettings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == url


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", "")
    assert GroundSettings().database_url is None


@pytest.mark.parametrize("url", [*_WRONG, *_NOT_ENCODED])
def test_anything_else_is_refused_without_repeating_the_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", url)
    with pytest.raises(ValidationError, match="expected postgresql://") as caught:
        GroundSettings()
    assert "hid" not in str(caught.value)


def test_no_other_secret_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_KAFKA_PASSWORD", "hidden")
    monkeypatch.setenv("SOCLES_KAFKA_KEY_FILE", "/key")
    monkeypatch.setenv("SOCLES_CONTROL_PATIENT_REF_KEY", "hidden")
    for settings in (KafkaSettings, ControlSettings):
        with pytest.raises(ValidationError) as caught:
            settings()
        assert "hidden" not in str(caught.value)
        assert "input_value" not in str(caught.value)
