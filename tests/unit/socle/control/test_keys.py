"""The installation's key for patient references."""

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from socle.control.keys import PatientKey


def test_references_depend_on_the_key_and_not_on_the_key_digits(tmp_path: Path) -> None:
    key = PatientKey.load(tmp_path)
    assert key.ref("2790351215189") == key.ref("279035121518989")
    assert key.ref("2790351215189") != key.ref("2751263220749")
    assert PatientKey.load(tmp_path).ref("2790351215189") == key.ref("2790351215189")
    other = tmp_path / "other"
    other.mkdir()
    assert PatientKey.load(other).ref("2790351215189") != key.ref("2790351215189")
    assert "2790351215189" not in key.ref("2790351215189")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    PatientKey.load(tmp_path)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_processes_that_race_agree(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    references: list[str] = []

    def load() -> None:
        start.wait()
        references.append(PatientKey.load(tmp_path).ref("2790351215189"))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(references) == 8
    assert len(set(references)) == 1
