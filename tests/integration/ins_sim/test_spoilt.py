"""Some thousand spoilt messages, the same at each run; tests/fuzz goes on with others for ten minutes."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.ins_fuzz import MESSAGES, SENT, WORKSPACES, judge
from support.xml_fuzz import spoilt


def test_spoilt_messages_get_a_fault_or_a_result(tmp_path: Path) -> None:
    with judge(tmp_path) as judged:

        @settings(
            max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(spoilt(MESSAGES), st.sampled_from(SENT), st.sampled_from(list(WORKSPACES)))
        def holds(raw: bytes, content_type: str, workspace: str) -> None:
            judged.hold(raw, content_type, workspace)

        holds()
