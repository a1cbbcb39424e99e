"""Snapshots put over a workspace: its own, or another one's that it begins from."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from socle.archive.whole import Archives
from socle.web.errors import Refusal, not_found
from socle.web.zips import refusing


async def restored(archives: Archives, name: str, source: str, snapshot: str) -> None:
    """Restore a snapshot of the workspace ``source`` over the workspace ``name``, which exists."""
    async with archives.folder() as folder:
        path = folder / "archive.zip"
        if not await asyncio.to_thread(_write, path, archives.control.snapshots.read(source, snapshot)):
            raise not_found("Ce cliché", "This snapshot")
        async with refusing():
            await archives.restore(name, path, create=False)


def source_of_seed(archives: Archives, snapshot: str) -> tuple[str, str]:
    """``name`` or ``workspace/name`` → workspace and name of the one snapshot meant; raises :class:`Refusal`."""
    workspace, _, name = snapshot.rpartition("/")
    found = [each for each in archives.control.snapshots.called(name) if workspace in ("", each.workspace)]
    if not found:
        raise not_found(f"Le cliché {snapshot!r}", f"Snapshot {snapshot!r}")
    if len(found) > 1:
        several = ", ".join(f"{each.workspace}/{each.name}" for each in found)
        raise Refusal(
            409, "snapshot.ambiguous", f"Plusieurs clichés de ce nom : {several}.", f"Several snapshots: {several}."
        )
    return found[0].workspace, found[0].name


def _write(path: Path, content: Iterator[bytes]) -> int:
    with path.open("wb") as file:
        return sum(map(file.write, content))
