"""The kit on itself: its own fixtures, and the ready example as software under test."""

from uuid import UUID, uuid4

import httpx
import pytest

from sandbox import examples
from socles.testing import Server, Socles
from support.kit import Deposit, post

SOFTWARE = """
from uuid import uuid4
import httpx, pytest, smtplib
from sandbox import examples

def deposit(socles, token=None):
    example = examples.deposit(token=token or uuid4())
    return httpx.post(
        socles.dmp_repository_url, content=example.body, headers={"Content-Type": example.content_type}, trust_env=False
    )

def twice(socles):
    token = uuid4()
    deposit(socles, token)
    return deposit(socles, token)
"""


@pytest.fixture
def deposit(socles: Socles) -> Deposit:
    """A deposit into the test's own workspace, or another one."""

    def send(token: UUID | None = None, to: Socles = socles) -> httpx.Response:
        return post(to.dmp_repository_url, examples.deposit(token=token or uuid4()))

    return send


@pytest.fixture
def suite(pytester: pytest.Pytester, socles_server: Server) -> pytest.Pytester:
    """Somebody's folder of tests, with ``software.py`` in it, on this session's sandbox."""
    host, port = socles_server.smtp
    pytester.makepyfile(software=SOFTWARE)
    pytester.makeini(
        "[pytest]\naddopts = -p no:asyncio -p no:hypothesispytest -p no:cacheprovider --strict-markers\n"
        f"socles_url = {socles_server.url}\nsocles_smtp = {host}:{port}\n"
    )
    return pytester
