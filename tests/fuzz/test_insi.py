"""Whatever is sent to INSi: no error of its own, no answer that is none, nobody else's identity.

``SOCLES_FUZZ_SECONDS`` (default 600) says for how long; each round draws from another seed, and a failure prints the
message, as small as hypothesis could make it. The first seed is ``SOCLES_FUZZ_SEED``, else drawn from the clock, or 1
in CI, where the same commit is to be judged alike twice.
"""

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from support.ins_fuzz import MESSAGES, SENT, WORKSPACES, judge
from support.xml_fuzz import spoilt

SECONDS = float(os.environ.get("SOCLES_FUZZ_SECONDS", "600"))
ROUND = 500
FIRST = int(os.environ.get("SOCLES_FUZZ_SEED") or ("1" if os.environ.get("CI") else time.time_ns()))


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS + 300)
def test_nothing_that_is_sent_breaks_insi(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    until = time.monotonic() + SECONDS
    rounds = 0
    with judge(tmp_path) as judged:

        @settings(
            max_examples=ROUND, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
        )
        @given(spoilt(MESSAGES), st.sampled_from(SENT), st.sampled_from(list(WORKSPACES)))
        def holds(raw: bytes, content_type: str, workspace: str) -> None:
            judged.hold(raw, content_type, workspace)

        while rounds == 0 or time.monotonic() < until:
            seed(FIRST + rounds)(holds)()
            rounds += 1
    with capsys.disabled():
        print(f"\nfuzz: {rounds * ROUND} messages to INSi in {SECONDS:.0f} s, from seed {FIRST}")
