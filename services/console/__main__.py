"""``python -m console``: the console alone, before the sandbox at ``SOCLES_CONSOLE_SANDBOX``."""

import asyncio
import logging

from console.app import serve_alone
from console.settings import ConsoleSettings
from socle.logs import configure
from socle.serve import run
from socle.settings import GroundSettings

_LOG = logging.getLogger("console")


def main() -> None:
    """Serve until a signal comes; a start that fails says why in one line and exits with 1."""
    configure()
    try:
        run(serve_alone(ConsoleSettings(), GroundSettings(), asyncio.Event()))
    except (OSError, ValueError) as error:
        _LOG.critical("console cannot start: %s", error)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
