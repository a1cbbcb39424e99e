"""New identifiers for a deposit whose own ones the registry knows already: sent again as it is, it would be refused."""

from collections.abc import Iterable

from dmp_sim.domain import known
from dmp_sim.domain.mending.base import Told, new_oid, targets
from socle.mending.model import Anew, Do, Edit

RENEWED = (known.DUPLICATE, known.DUPLICATE_OTHER, known.DUPLICATE_ENTRY)
"""Rules that new identifiers answer."""
RENEWING = (
    "Identifiants nouveaux : les anciens sont au registre, un second envoi serait refusé.",
    "New identifiers: the registry knows the old ones, and would refuse them.",
)
"""French, English."""


def anew(told: Told) -> Iterable[Anew]:
    """For the submission set, each entry with its CDA, and the message; entryUUIDs are proposed anew too."""
    if not told.collides:
        return
    edits: list[Edit] = []
    ids = [lot.unique_id for lot in told.deposit.submission_sets]
    ids += [lot.id for lot in told.deposit.submission_sets]
    for one in targets(told):
        ids += [one.entry.unique_id, one.entry.id]
        if one.header is not None and one.entry.unique_id:
            new = new_oid(told, one.entry.unique_id)
            edits.append(Edit(Do.RENAME, name=one.entry.unique_id, value=new, document=one.content))
    for old in dict.fromkeys(ids):
        if old.startswith("urn:uuid:"):
            edits.append(Edit(Do.RENAME, name=old, value=f"urn:uuid:{told.fresh(old)}"))
        elif old[:1].isdigit():
            edits.append(Edit(Do.RENAME, name=old, value=new_oid(told, old)))
    edits.append(Edit(Do.TEXT, "/*/*[local-name()='Header']/wsa:MessageID", f"urn:uuid:{told.fresh('message')}"))
    yield Anew(known.DUPLICATE.id, "//ExternalIdentifier", *RENEWING, edits)
