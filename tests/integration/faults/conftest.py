"""One sandbox for all faults, with a document to read and two boxes to write between."""

from collections.abc import Iterator

import httpx
import pytest

from support import fault_calls
from support.fault_cases import Caller
from support.sandbox_thread import sandbox_in_thread


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with sandbox_in_thread(tmp_path_factory.mktemp("faults")) as sandbox:
        assert "Success" in fault_calls.put(sandbox.url, fault_calls.KEPT).text
        boxes = [box["address"] for box in sandbox.get("/_sandbox/mss_sim/boxes")["boxes"]]
        with httpx.Client(base_url=sandbox.url, trust_env=False) as http:
            yield Caller(sandbox, http, *boxes[:2])
