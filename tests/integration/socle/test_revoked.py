"""Revoked access tokens in the control plane: known to every process, for as long as it matters, on both databases."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from socle.control.plane import ControlPlane
from socle.control.tables import revoked
from socle.settings import GroundSettings
from support.control_child import SMALL

SOON = timedelta(minutes=2)


@pytest.fixture
def planes(tmp_path: Path, database: str | None) -> Iterator[tuple[ControlPlane, ControlPlane]]:
    """Of two processes."""
    settings = GroundSettings(data_dir=tmp_path, database_url=SecretStr(database) if database else None)
    both = ControlPlane(settings, SMALL), ControlPlane(settings, SMALL)
    for plane in both:
        plane.open()
    yield both
    for plane in both:
        plane.close()


def kept(plane: ControlPlane) -> set[tuple[str, str]]:
    with plane._database.reading() as connection:
        return {(row.workspace, row.id) for row in connection.execute(select(revoked))}


def test_the_other_process_knows_and_one_that_starts_later_too(
    planes: tuple[ControlPlane, ControlPlane], tmp_path: Path
) -> None:
    mine, other = planes
    mine.revoke_tokens("default", {"jti-1": datetime.now(UTC) + SOON, "sid-1": datetime.now(UTC) + SOON})
    assert mine.revoked("default", ("jti-1", "family-9", "sid-9"))
    assert not mine.revoked("default", ("jti-2", "family-9", "sid-9"))
    until = time.monotonic() + 30
    while not other.revoked("default", ("x", "y", "sid-1")):
        assert time.monotonic() < until
        time.sleep(0.02)
    third = ControlPlane(mine._ground, SMALL)
    third.open()
    assert third.revoked("default", ("jti-1",))
    third.close()


def test_a_reset_or_a_deletion_forgets_and_another_workspace_never_knew(
    planes: tuple[ControlPlane, ControlPlane],
) -> None:
    mine, _ = planes
    mine.create_workspace("essai")
    for name in ("default", "essai"):
        mine.revoke_tokens(name, {f"of-{name}": datetime.now(UTC) + SOON})
    assert not mine.revoked("essai", ("of-default",))
    mine.reset_workspace("default")
    assert not mine.revoked("default", ("of-default",))
    mine.delete_workspace("essai")
    mine.revoke_tokens("essai", {"late": datetime.now(UTC) + SOON})
    assert kept(mine) == set()


def test_what_is_over_by_both_clocks_goes_at_the_next_revocation(planes: tuple[ControlPlane, ControlPlane]) -> None:
    mine, _ = planes
    now = datetime.now(UTC)
    mine.revoke_tokens("default", {"old": now - timedelta(hours=2), "fresh": now + SOON})
    mine.advance_clock("default", timedelta(days=31))
    mine.revoke_tokens("default", {"again": now + timedelta(days=31), "fresh": now + SOON})
    assert kept(mine) == {("default", "fresh"), ("default", "again")}, "the clock may be put back to real time"
    mine.freeze_clock("default", now - timedelta(days=400))
    mine.revoke_tokens("default", {"then": now - timedelta(days=400)})
    mine.revoke_tokens("default", {"then too": now - timedelta(days=400)})
    assert {one for _, one in kept(mine)} == {"fresh", "again", "then", "then too"}
