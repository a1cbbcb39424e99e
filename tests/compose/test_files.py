"""The Compose files are valid whatever the user's .env says, and the images are small."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from support.compose import FILE, ROLES, ROOT, Stack, docker, require_docker

pytestmark = [pytest.mark.compose, pytest.mark.slow, pytest.mark.timeout(300)]
MEGABYTE = 1_000_000
BASE = "python:3.13-slim"


def config(env_file: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SOCLES_")}
    chosen = [part for file in files for part in ("-f", str(file))]
    command = ["docker", "compose", "--env-file", str(env_file), *chosen, "--profile", "*", "config"]
    return subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("files", [(FILE,), (FILE, ROLES)], ids=["plain", "roles"])
def test_the_example_and_a_file_of_empty_values_mean_the_same(tmp_path: Path, files: tuple[Path, ...]) -> None:
    require_docker()
    example = ROOT / ".env.example"
    empty = tmp_path / "empty.env"
    empty.write_text(re.sub(r"^(SOCLES_[A-Z_]+=).*$", r"\1", example.read_text("utf-8"), flags=re.MULTILINE), "utf-8")

    by_example, by_nothing = config(example, *files), config(empty, *files)

    assert by_example.returncode == 0, by_example.stderr
    assert not by_nothing.stderr
    assert by_example.stdout == by_nothing.stdout


def test_the_layers_that_we_add_are_small(built: Stack) -> None:
    base, ours = (int(docker("image", "inspect", "--format", "{{.Size}}", name)) for name in (BASE, "socles:local"))
    print(f"\nadded: {(ours - base) / MEGABYTE:.1f} MB")

    assert _layers(BASE) < _layers("socles:local")
    assert 20 * MEGABYTE < ours - base < 120 * MEGABYTE


def _layers(image: str) -> set[str]:
    return set(docker("image", "inspect", "--format", "{{range .RootFS.Layers}}{{.}} {{end}}", image).split())


def test_the_image_holds_no_compiler_and_no_cache_and_is_compiled(built: Stack) -> None:
    look = (
        "import pathlib, socle, sys; home = pathlib.Path(sys.prefix);"
        "print(bool(list(home.rglob('pip'))), pathlib.Path('/root', '.cache').exists(), bool(socle.__cached__)"
        " and pathlib.Path(socle.__cached__).exists())"
    )
    found = docker("run", "--rm", "--user", "0", "socles:local", "python", "-c", look).split()
    tools = docker("run", "--rm", "socles:local", "sh", "-c", "ls /usr/bin/gcc /usr/bin/strip 2>/dev/null; true")

    assert found == ["False", "False", "True"]
    assert not tools
