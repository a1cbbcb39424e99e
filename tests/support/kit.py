"""Software under test for the kit's own tests: the ready examples, sent to a workspace."""

from collections.abc import Callable

import httpx

from sandbox import examples
from socles.testing import Socles

Deposit = Callable[..., httpx.Response]
"""``deposit(token=None, to=socles)``: a discharge letter; the same token is the same letter."""


def post(url: str, example: examples.Example) -> httpx.Response:
    """Send an example as its command line does."""
    return httpx.post(url, content=example.body, headers={"Content-Type": example.content_type}, trust_env=False)


def ask_insi(socles: Socles) -> httpx.Response:
    """For ADRUN ZOE, who is found."""
    return post(socles.insi_url, examples.insi())
