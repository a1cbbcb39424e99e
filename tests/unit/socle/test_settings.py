"""What the environment may say of the database."""

import pytest
from pydantic import ValidationError

from socle.settings import GroundSettings


@pytest.mark.parametrize("url", ["postgresql://u:p@h:5432/d", "postgres://u@h/d?sslmode=require", "postgresql:///d"])
def test_a_url_of_postgresql_is_taken_as_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", url)
    settings = GroundSettings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == url


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", "")
    assert GroundSettings().database_url is None


@pytest.mark.parametrize("url", ["mysql://u:hidden@h/d", "postgresql://u:hidden@h", "host=h password=hidden"])
def test_anything_else_is_refused_without_repeating_the_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", url)
    with pytest.raises(ValidationError, match="expected postgresql://") as caught:
        GroundSettings()
    assert "hidden" not in str(caught.value)
