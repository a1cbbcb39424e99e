"""The kit on itself: its own fixtures, and the ready example as software under test."""

from uuid import UUID, uuid4

import httpx
import pytest

from sandbox import examples
from socles.testing import Socles
from support.kit import Deposit, post


@pytest.fixture
def deposit(socles: Socles) -> Deposit:
    """A deposit into the test's own workspace, or another one."""

    def send(token: UUID | None = None, to: Socles = socles) -> httpx.Response:
        return post(to.dmp_repository_url, examples.deposit(token=token or uuid4()))

    return send
