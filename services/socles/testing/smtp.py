"""How the software under test reaches MSSanté."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

PASSWORD = "socles"  # noqa: S105 - documented; there is nothing behind it to protect


@dataclass(frozen=True, slots=True)
class Smtp:
    """The submission server: STARTTLS, then AUTH PLAIN or LOGIN."""

    host: str
    port: int
    workspace: str
    trusting: Callable[[], ssl.SSLContext] = field(repr=False, compare=False)
    """Makes a client's TLS that knows the sandbox's authorities."""
    password: str = PASSWORD
    """Of every box, unless the box was made with another one."""

    def login(self, address: str) -> str:
        """The user name for a box: mail has no other place for the workspace."""
        return f"{self.workspace}/{address}"

    @property
    def context(self) -> ssl.SSLContext:
        """For STARTTLS: verifies that the sandbox's own authorities issued the server's certificate, for ``host``."""
        return self.trusting()
