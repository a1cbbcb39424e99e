"""The installation's key for ``patientRef`` (domain/indicators.md §6.2): given, or made once.

Made on SQLite, it lies in a file that only its owner may read; on PostgreSQL in the control schema, since processes on
several machines need the same one.
"""

import hmac
import os
import secrets
from pathlib import Path

_FILE = "patient-ref.key"


class PatientKey:
    """Turns matricules into references that say nothing to who does not hold the key."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, text: str) -> "PatientKey":
        """From 64 hexadecimal digits."""
        return cls(bytes.fromhex(text))

    @staticmethod
    def draw() -> str:
        """A new one, as text."""
        return secrets.token_hex(32)

    @classmethod
    def load(cls, folder: Path) -> "PatientKey":
        """Read the key from ``folder``, making it (mode 0600) if it is not there; safe when processes race."""
        path = folder / _FILE
        if not path.exists():
            draft = folder / f".{_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(cls.draw())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls.of(path.read_text("ascii"))

    def ref(self, matricule: str) -> str:
        """32 hexadecimal characters for a matricule of 13 or 15 characters: the key digits do not count."""
        return hmac.digest(self._key, matricule[:13].encode(), "sha256").hex()[:32]

    def fingerprint(self) -> str:
        """Tells keys apart, and says nothing of the key."""
        return hmac.digest(self._key, b"fingerprint", "sha256").hex()[:32]
