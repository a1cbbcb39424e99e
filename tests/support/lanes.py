"""Which slow tests run side by side (``tests/slow.py``): every test has one lane, named by ``pytest --lane``.

- ``alone``: promises a time (marker ``alone``) that the work of others beside it would spoil;
- ``processes``: brings up containers, browsers, clients and clusters, which have the machine's ports and names;
- ``stores``: all others; each has its own database, topics and folder.
"""

import pytest

LANES = ("processes", "stores", "alone")
_PROCESSES = {"cluster", "compose", "e2e", "interop"}


def lane_of(item: pytest.Item) -> str:
    """By marker, then by folder."""
    if item.get_closest_marker("alone"):
        return "alone"
    folders = item.path.relative_to(item.config.rootpath).parts
    return "stores" if _PROCESSES.isdisjoint(folders) else "processes"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lane", choices=LANES, help="only the tests of this lane (tests/support/lanes.py)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other lanes' tests out."""
    lane = config.getoption("--lane")
    if lane is not None:
        others = [item for item in items if lane_of(item) != lane]
        items[:] = [item for item in items if lane_of(item) == lane]
        config.hook.pytest_deselected(items=others)
