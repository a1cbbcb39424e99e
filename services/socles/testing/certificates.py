"""Certificates of the sandbox's own authorities, and TLS contexts that show them."""

import ssl
import tempfile
from pathlib import Path
from typing import Any

from socles.testing.core import Core
from socles.testing.naming import member

_PATH = "/_sandbox/pki"


class Certificates:
    """What a national authority would issue, right, or wrong in one chosen way. All raise ``Refused``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def authorities(self) -> bytes:
        """Roots and intermediates, to trust (PEM)."""
        return self._core.api.read(f"{_PATH}/ca.pem")

    def issue(self, kind: str, *, flaw: str | None = None, **said: Any) -> bytes:
        """A certificate with its chain and key: ``insi-auto``, ``insi-manu``, ``org-auth-cli``, ``org-sign``,
        ``cps-auth``, ``cps-sign``, ``server``.

        ``flaw``: ``expired``, ``not-yet-valid``, ``revoked``, ``wrong-host``, ``foreign-root``, ``wrong-cn``,
        ``weak-key``. ``said``: ``structure`` (1 and the FINESS), ``national_id``, ``format`` (``pem``, else ``p12``,
        ``p12-old``), ``password`` and what else the API takes.
        """
        order = {"kind": kind, "flaw": flaw} | {member(name): value for name, value in said.items()}
        return self._core.api.make(f"{_PATH}/certificates", order)

    def context(self, kind: str | None = None, *, flaw: str | None = None, **said: Any) -> ssl.SSLContext:
        """A client's TLS: trusts the sandbox's authorities, and shows a certificate of this kind; None: shows none."""
        made = ssl.create_default_context(cadata=self.authorities().decode())
        if kind is not None:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "client.pem"
                file.write_bytes(self.issue(kind, flaw=flaw, **said))
                made.load_cert_chain(file)
        return made
