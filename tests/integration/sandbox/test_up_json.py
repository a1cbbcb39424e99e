"""``socles up --json`` as the test kit starts it: one line that says where everything is."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from socle.data_folder import DataFolder
from socles.testing import command

COMMAND = [sys.executable, "-m", "sandbox.cli"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_one_line_of_json_and_nothing_else_on_the_output(tmp_path: Path) -> None:
    ports = ["--port", "0", "--smtp-port", "0", "--tls-port", "0"]
    with subprocess.Popen(
        [*COMMAND, "up", "--json", *ports, "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told.keys() == {"url", "tls", "mutual", "smtp", "smtps", "psc", "console", "data"}
        assert told["mutual"] is None
        assert told["smtps"] is None
        assert told["tls"].startswith("https://127.0.0.1:")
        assert httpx.get(told["url"] + "/_sandbox/ready", trust_env=False).status_code == 200
        discovery = f"{told['psc']}/.well-known/openid-configuration"
        assert httpx.get(discovery, trust_env=False).json()["issuer"] == told["psc"]
        assert httpx.get(told["console"], trust_env=False, follow_redirects=True).status_code == 200
        assert Path(told["data"], "control.db").exists()
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=60)
    assert rest == b""
    assert b"SMTP (STARTTLS)" in said


def test_a_folder_that_is_served_already_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.hold(["dmp_sim"])
    done = subprocess.run(
        [*COMMAND, "up", "--port", "0", "--smtp-port", "0", "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 1
    assert f"le processus {os.getpid()} sert déjà dmp_sim depuis {tmp_path}" in done.stderr
    assert f"process {os.getpid()} already serves dmp_sim" in done.stderr
    assert "Traceback" not in done.stderr
    folder.close()


def test_the_kit_starts_and_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with command(COMMAND) as server:
        assert httpx.get(server.url + "/_sandbox/ready", trust_env=False).status_code == 200
        assert server.tls is not None
        assert server.mutual is not None
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url, trust_env=False)


def test_what_does_not_start_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"does not start\n(.|\n)*No module named sandbox_nowhere"):
        command([sys.executable, "-m", "sandbox_nowhere"]).__enter__()
    with pytest.raises(RuntimeError, match="cannot be started"):
        command("socles-nulle-part").__enter__()
