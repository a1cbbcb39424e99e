"""One sandbox for all foreign clients."""

from collections.abc import Iterator

import pytest

from support.sandbox_thread import RunningSandbox, sandbox_in_thread


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Running on free ports, its data thrown away in the end."""
    with sandbox_in_thread(tmp_path_factory.mktemp("sandbox")) as running:
        yield running
