"""What every store promises of contents (D15): the part of ``store_suite`` on blobs."""

import hashlib
from pathlib import Path

import pytest

from socle.blobs import Blob
from socle.store import Store


class StoreContentSuite:
    """Contents kept with an act, and read back whole or in pieces."""

    async def test_a_small_content_comes_back(self, store: Store) -> None:
        blob = Blob.of(b"<ClinicalDocument/>")
        await store.write(lambda uow: uow.keep(blob))
        await store.write(lambda uow: uow.keep(blob))
        assert await store.blobs.read(blob.sha256) == b"<ClinicalDocument/>"
        assert [piece async for piece in store.blobs.stream(blob.sha256)] == [b"<ClinicalDocument/>"]
        found = await store.blobs.find(blob.sha256)
        assert found is not None
        assert found.ref == blob.ref

    async def test_a_large_content_comes_back_in_pieces(self, store: Store, tmp_path: Path) -> None:
        data = bytes(range(256)) * 8192
        spooled = _spooled(tmp_path / "large.part", data)
        await store.write(lambda uow: uow.keep(spooled))
        assert not (tmp_path / "large.part").exists()
        pieces = [piece async for piece in store.blobs.stream(spooled.sha256, 100_000)]
        assert max(map(len, pieces)) <= 100_000
        assert b"".join(pieces) == data
        assert await store.blobs.read(spooled.sha256) == data

    async def test_a_large_content_in_memory_comes_back(self, store: Store) -> None:
        blob = Blob.of(b"x" * 700_000)
        await store.write(lambda uow: uow.keep(blob))
        assert await store.blobs.read(blob.sha256) == b"x" * 700_000
        found = await store.blobs.find(blob.sha256)
        assert found is not None
        await store.write(lambda uow: uow.keep(found))  # what was read back is no spool file to be taken away
        assert await store.blobs.read(blob.sha256) == b"x" * 700_000

    async def test_the_same_large_content_twice_is_kept_once(self, store: Store, tmp_path: Path) -> None:
        data = b"y" * 600_000
        for name in ("one.part", "two.part"):
            spooled = _spooled(tmp_path / name, data)
            await store.write(lambda uow, spooled=spooled: uow.keep(spooled))
        assert list(tmp_path.glob("*.part")) == []
        assert await store.blobs.read(Blob.of(data).sha256) == data

    async def test_contents_of_all_sizes_are_kept_together(self, store: Store, tmp_path: Path) -> None:
        there, large = Blob.of(b"there"), b"z" * 600_000
        await store.write(lambda uow: uow.keep(there))
        small = [Blob.of(f"{number}".encode()) for number in range(11)]
        spooled = [_spooled(tmp_path / name, large) for name in ("one.part", "two.part")]
        await store.write(lambda uow: uow.keep(*small, there, spooled[0], small[0], spooled[1]))
        assert list(tmp_path.glob("*.part")) == []
        assert await store.blobs.read(spooled[0].sha256) == large
        for blob in (*small, there):
            assert await store.blobs.read(blob.sha256) == blob.data
        await store.write(lambda uow: uow.keep())

    async def test_an_unknown_content_is_a_key_error(self, store: Store) -> None:
        with pytest.raises(KeyError):
            await store.blobs.read("0" * 64)
        with pytest.raises(KeyError):
            _ = [piece async for piece in store.blobs.stream("0" * 64)]


def _spooled(path: Path, data: bytes) -> Blob:
    path.write_bytes(data)
    return Blob(hashlib.sha256(data).hexdigest(), len(data), path=path)
