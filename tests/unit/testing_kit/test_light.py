"""Who only talks to an address does not pay for the services."""

import subprocess
import sys

HEAVY = {"lxml", "fastapi", "starlette", "pydantic", "sqlalchemy", "uvicorn", "aiokafka", "testcontainers", "sandbox"}


def test_the_kit_and_its_plugin_import_no_service() -> None:
    code = "import sys, socles.testing, socles.testing.plugin; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert HEAVY & set(done.stdout.split()) == set()
