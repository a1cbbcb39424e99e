"""A data folder between processes: one serves a service, each has its own spool, no lock outlives its holder."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from socle.data_folder import DataFolder, FolderHeld

CHILD = """
import pathlib, sys
from socle.data_folder import DataFolder
folder = DataFolder(pathlib.Path(sys.argv[1]))
folder.hold(["dmp_sim"])
folder.open_spool()
(folder.spool / "half.part").write_bytes(b"half a document")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_process(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """It serves ``dmp_sim`` and spools, until it is killed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_the_second_is_told_who_holds_what(tmp_path: Path) -> None:
    with other_process(tmp_path) as other, pytest.raises(FolderHeld) as refused:
        DataFolder(tmp_path).hold(["dmp_sim"], wait=0)
    french, english = str(refused.value).splitlines()
    assert french.startswith(f"le processus {other.pid} sert déjà dmp_sim depuis {tmp_path} ;")
    assert english.startswith(f"process {other.pid} already serves dmp_sim from {tmp_path};")


def test_processes_share_a_folder_for_services_of_their_own(tmp_path: Path) -> None:
    mine = DataFolder(tmp_path)
    with other_process(tmp_path):
        mine.hold(["ins_sim", "mss_sim"], wait=0)
    mine.close()


def test_who_was_killed_holds_nothing(tmp_path: Path) -> None:
    with other_process(tmp_path) as other:
        other.kill()
        mine = DataFolder(tmp_path)
        mine.hold(["dmp_sim"])
        mine.close()


def test_one_that_ends_is_waited_for(tmp_path: Path) -> None:
    with other_process(tmp_path) as other:
        ending = threading.Timer(0.2, other.kill)
        ending.start()
        mine = DataFolder(tmp_path)
        mine.hold(["dmp_sim"], wait=60)
        assert other.wait(30) != 0
        mine.close()
        ending.join()


def test_spools_of_the_living_stay_and_those_of_the_killed_go(tmp_path: Path) -> None:
    spools = tmp_path / "spool"
    with other_process(tmp_path) as other:
        mine = DataFolder(tmp_path)
        mine.open_spool()
        assert len(list(spools.glob("*/half.part"))) == 1
        mine.close()
        other.kill()
        other.wait()
        mine = DataFolder(tmp_path)
        mine.open_spool()
        assert [path for path in spools.iterdir() if path.is_dir()] == [mine.spool]
        mine.close()
    assert [path.name for path in spools.iterdir()] == ["door"]


def test_a_folder_that_cannot_be_written_is_no_other_process(tmp_path: Path) -> None:
    nowhere = DataFolder(tmp_path / "nowhere")
    with pytest.raises(OSError, match="nowhere"):
        nowhere.hold(["dmp_sim"])
