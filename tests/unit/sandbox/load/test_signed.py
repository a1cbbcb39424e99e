"""How long a workspace takes the assertions of a signed run."""

import pytest

from sandbox.load.signed import check_lifetime, strict
from sandbox.load.unready import Unready


def test_a_workspace_that_is_made_takes_them_for_the_whole_run() -> None:
    assert strict(60) == {"assertions": "strict", "assertions.lots": "strict", "assertions.lifetime": "3600"}
    assert strict(7200.5)["assertions.lifetime"] == "7321"
    for duration in (60, 7200.5):
        check_lifetime(duration, strict(duration))


def test_one_that_would_refuse_them_halfway_is_refused_at_the_start() -> None:
    check_lifetime(3000, {})
    check_lifetime(90_000, {"assertions.lifetime": "0"})
    for duration, options in ((3600, {}), (60, {"assertions.lifetime": "100"}), (3600, {"assertions.lifetime": "non"})):
        with pytest.raises(Unready, match=r"assertions\.lifetime=0"):
            check_lifetime(duration, options)
