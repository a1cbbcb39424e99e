"""How the software under test reaches MSSanté."""

import ssl
from dataclasses import dataclass

PASSWORD = "socles"  # noqa: S105 - documented; there is nothing behind it to protect


@dataclass(frozen=True, slots=True)
class Smtp:
    """The submission server: STARTTLS, then AUTH PLAIN or LOGIN."""

    host: str
    port: int
    workspace: str
    password: str = PASSWORD
    """Of every box, unless the box was made with another one."""

    def login(self, address: str) -> str:
        """The user name for a box: mail has no other place for the workspace."""
        return f"{self.workspace}/{address}"

    @property
    def context(self) -> ssl.SSLContext:
        """For STARTTLS: encrypts and verifies nothing, since the sandbox makes its certificate itself."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
