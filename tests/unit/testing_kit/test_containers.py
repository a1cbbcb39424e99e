"""What becomes of containers that do not start."""

from pathlib import Path
from subprocess import CalledProcessError

import pytest

from socles.testing import containers

COMPLAINT = b"no configuration file provided"


class Broken:
    """A Compose file that Docker refuses."""

    stopped = False

    def __init__(self, *_: object, **__: object) -> None:
        type(self).stopped = False

    def start(self) -> None:
        raise CalledProcessError(1, ["docker", "compose", "up"], b"", COMPLAINT)

    def stop(self) -> None:
        type(self).stopped = True


def test_docker_s_own_complaint_is_shown_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testcontainers.compose.DockerCompose", Broken)

    with pytest.raises(RuntimeError, match=COMPLAINT.decode()), containers.compose(Path("docker-compose.yml")):
        pytest.fail("it did not start")

    assert Broken.stopped
