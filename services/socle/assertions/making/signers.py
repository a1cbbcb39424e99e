"""Who signs for testers: certificates of the sandbox's authorities, kept while the process lives.

A loop of curl calls would else wait for a new key each time. The keys are in memory only.
"""

from threading import Lock

from socle.pki.folder import Pki
from socle.pki.issuing import Holder
from socle.pki.kinds import Flaw, Kind, Subject

_MOST = 200
"""Holders kept; the oldest go first. Ours."""


class Signers:
    """Finds or makes the signer that is asked for."""

    def __init__(self, pki: Pki) -> None:
        self._pki = pki
        self._known: dict[tuple[Kind, Subject, Flaw | None], Holder] = {}
        self._lock = Lock()

    def find(self, kind: Kind, subject: Subject, flaw: Flaw | None = None) -> Holder:
        """Blocking: a key takes some 100 ms when it is made. One that was revoked since is made anew."""
        wanted = (kind, subject, flaw)
        with self._lock:
            holder = self._known.get(wanted)
            if holder is None or (flaw is None and self._pki.revoked_at(holder.certificate.serial_number) is not None):
                self._pki.prepare()
                holder = self._known[wanted] = self._pki.issue(kind, subject, flaw)
                while len(self._known) > _MOST:
                    del self._known[next(iter(self._known))]
            return holder
