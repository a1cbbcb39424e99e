"""The product as `docker compose up --build --wait` brings it up, once for all tests here."""

from collections.abc import Iterator

import pytest

from support.compose import Stack, require_docker


@pytest.fixture(scope="session")
def built() -> Stack:
    """The images are there; nothing runs."""
    require_docker()
    stack = Stack("socles-test")
    stack.down()
    stack.compose("build", "--quiet")
    return stack


@pytest.fixture(scope="session")
def stack(built: Stack) -> Iterator[Stack]:
    """Everything up and ready, from empty volumes."""
    try:
        _up(built)
        yield built
    finally:
        built.down()


def _up(stack: Stack) -> None:
    try:
        stack.up()
    except AssertionError:  # on a busy machine a container that is well may look unwell: the rest of the way then
        first = stack.ready_seconds
        try:
            stack.up()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{stack.compose('logs', '--tail', '40', check=False)}") from None
        stack.ready_seconds += first
