"""The control plane on its SQLite file."""

from pathlib import Path

import pytest

from socle.settings import GroundSettings
from support.control_processes_suite import ProcessesSuite
from support.control_suite import ControlSuite


@pytest.fixture
def settings(tmp_path: Path) -> GroundSettings:
    return GroundSettings(data_dir=tmp_path)


class TestControl(ControlSuite):
    """On SQLite."""


class TestProcesses(ProcessesSuite):
    """On SQLite."""
