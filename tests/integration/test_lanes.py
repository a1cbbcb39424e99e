"""``tests/slow.py`` on small suites: what it shows, when it fails, and that it leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
FILES = {
    "tests/conftest.py": 'pytest_plugins = ["support.lanes"]',
    "tests/compose/test_stack.py": "def test_a_stack():\n    pass\n",
    "tests/e2e/test_page.py": "def test_a_page():\n    pass\n",
    "tests/integration/psc/test_login.py": "def test_a_login():\n    pass\n\ndef test_another():\n    pass\n",
    "tests/integration/test_speed.py": "import pytest\n\n@pytest.mark.alone\ndef test_quick():\n    pass\n",
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["tests"]\nmarkers = ["alone", "kafka"]\n'
    'addopts = ["--import-mode=importlib"]\n',
}
FAILS = "def test_it():\n    assert 6 * 7 == 41\n"
WAITS = """
import time, pathlib, pytest

@pytest.fixture(scope="session")
def server():
    pathlib.Path("{name}.up").touch()
    yield
    time.sleep(0.2)
    pathlib.Path("{name}.down").touch()

def test_it(server):
    time.sleep(60)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One test or two in each lane."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "tests/support").mkdir()
    shutil.copy(TESTS / "slow.py", tmp_path / "tests")
    shutil.copy(TESTS / "support/lanes.py", tmp_path / "tests/support")
    return tmp_path


def begin(project: Path, *arguments: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none is needed, and each takes its time
    command = [sys.executable, "tests/slow.py", *arguments]
    return subprocess.Popen(command, cwd=project, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def run(project: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and all it printed."""
    with begin(project, *arguments) as process:
        said, _ = process.communicate(timeout=50)
    return process.returncode, said


def test_every_test_runs_once_and_is_told_by_suite(project: Path) -> None:
    status, said = run(project)

    assert status == 0, said
    for suite, count in (("compose", 1), ("e2e", 1), ("integration", 1), ("integration/psc", 2)):
        assert f"  {suite:<28} {count:>5} tests" in said
    assert "  5 tests, none failed, none skipped" in said
    assert said.index("alone      | ") > said.index("stores     | exit status 0")


@pytest.mark.parametrize("lane", ["e2e/test_page.py", "integration/psc/test_login.py", "integration/test_speed.py"])
def test_a_failure_in_any_lane_fails_the_run_and_is_shown(project: Path, lane: str) -> None:
    broken = FILES[f"tests/{lane}"] + "\n" + FAILS
    (project / "tests" / lane).write_text(
        broken.replace("def test_it", "@pytest.mark.alone\ndef test_it") if "alone" in broken else broken,
        encoding="utf-8",
    )

    status, said = run(project)

    assert status == 1
    assert "assert (6 * 7) == 41" in said
    assert "6 tests, 1 failed, none skipped" in said


def test_a_file_that_cannot_be_read_is_told(project: Path) -> None:
    (project / "tests/e2e/test_page.py").write_text("import nothing_like_it\n", encoding="utf-8")

    status, said = run(project)

    assert status == 2
    assert "nothing_like_it" in said
    assert "in error, none skipped" in said


def test_a_skipped_test_is_counted(project: Path) -> None:
    (project / "tests/e2e/test_page.py").write_text("import pytest\n\ndef test_it():\n    pytest.skip('no')\n")

    assert "5 tests, none failed, 1 skipped" in run(project)[1]


def test_arguments_that_leave_a_lane_nothing_are_no_failure_but_nothing_at_all_is(project: Path) -> None:
    assert run(project, "-k", "login")[0] == 0
    assert run(project, "-k", "nowhere")[0] == 5


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_is_told_to_end_takes_down_what_all_lanes_have_brought_up(
    project: Path, number: signal.Signals
) -> None:
    for name, folder in (("page", "e2e"), ("login", "integration/psc")):
        (project / f"tests/{folder}/test_{name}.py").write_text(WAITS.format(name=name), encoding="utf-8")
    with begin(project) as process:
        until = time.monotonic() + 40
        while len(list(project.glob("*.up"))) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(number)
        said, _ = process.communicate(timeout=40)

    assert process.returncode == 128 + number
    assert {path.name for path in project.glob("*.down")} == {"page.down", "login.down"}
    assert "alone" not in said
