"""Style and modules of the pages, from the package."""

from importlib import resources

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def _read() -> dict[str, tuple[bytes, str]]:
    folder = resources.files("console") / "page"
    return {
        one.name: (one.read_bytes(), _TYPES[one.name.rpartition(".")[2]])
        for one in folder.iterdir()
        if one.name.rpartition(".")[2] in _TYPES
    }


ASSETS = _read()
"""Name → content and type. Read with the module, before any event loop runs."""
