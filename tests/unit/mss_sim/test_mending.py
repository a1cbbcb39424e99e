"""Archives whose metadata are mended: what else lies in them is neither expanded without limit nor trusted."""

import io
import tracemalloc
import zipfile

from mss_sim.domain.mending import SetSlot
from mss_sim.wire.describe import describe_bytes
from mss_sim.wire.mending import Done, apply
from support.mails import cda, mail, xdm

SOUND = "a" * 40


def with_more(name: str, content: bytes) -> bytes:
    """An archive with a wrong hash in its metadata, and one more file."""
    made = io.BytesIO(xdm(cda(), hash="0" * 40))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if name[-1] == "/" else None)
    return made.getvalue()


def mended(archive: bytes) -> tuple[Done | None, int]:
    """What mending the hash does, and the bytes it took at most."""
    raw = mail(archive)
    content = describe_bytes(raw, None).content
    edit = SetSlot(content.archives[0].part, 1, "hash", SOUND)
    tracemalloc.start()
    try:
        return apply(raw, content, edit), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_folder_that_holds_a_bomb_is_not_expanded() -> None:
    done, most = mended(with_more("IHE_XDM/", bytes(16 << 20)))
    assert done is not None
    assert done.after == SOUND
    assert most < 4 << 20


def test_an_archive_with_a_damaged_file_is_left_as_it_is() -> None:
    archive = with_more("NOTE.TXT", b"as it was written")
    assert mended(archive)[0] is not None
    assert mended(archive.replace(b"as it was written", b"as it is received"))[0] is None
