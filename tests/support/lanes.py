"""Which slow tests run side by side (``tests/slow.py``): every test has one lane, named by ``pytest --lane``.

- ``alone``: promises a time (marker ``alone``) that the work of others beside it would spoil;
- ``containers``: Docker's, one after the other since they share names and images, and what else wants a Kafka;
- ``processes``: brings up clusters, browsers and clients nobody here wrote;
- ``stores``: all others; each has its own database and folder.
"""

import pytest

SIDE_BY_SIDE = ("containers", "processes", "stores")
ALONE = "alone"
_PROCESSES = {"cluster", "e2e", "interop"}


def lane_of(item: pytest.Item) -> str:
    """By marker, then by folder."""
    folders = set(item.path.relative_to(item.config.rootpath).parts)
    if item.get_closest_marker(ALONE):
        return ALONE
    if folders & _PROCESSES:
        return "processes"
    return "containers" if "compose" in folders or item.get_closest_marker("kafka") else "stores"


def pytest_addoption(parser: pytest.Parser) -> None:
    lanes = (*SIDE_BY_SIDE, ALONE)
    parser.addoption("--lane", choices=lanes, help="only the tests of this lane (tests/support/lanes.py)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other lanes' tests out."""
    lane = config.getoption("--lane")
    if lane is not None:
        others = [item for item in items if lane_of(item) != lane]
        items[:] = [item for item in items if lane_of(item) == lane]
        config.hook.pytest_deselected(items=others)
