"""Acts whose process stands still (SIGSTOP, a machine without air): expelled, for they hold locks and the relays.

PostgreSQL's own ``idle_in_transaction_session_timeout`` does not do it: it is armed when the server says that it is
ready for another query, and disarmed by the next message. Acts run in pipeline mode, which asks for answers by *Flush*,
after which nothing is armed again. So those who lead a relay look who has said nothing for too long.
"""

import logging
from typing import Any

import psycopg

from socle.store.postgres_connect import Raw

_log = logging.getLogger(__name__)

_EXPEL = """
SELECT pid, application_name, pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
    AND application_name ~ '^socles [^ ]+ (write|read)$' AND xact_start IS NOT NULL
    AND wait_event IN ('ClientRead', 'ClientWrite')
    AND state_change < clock_timestamp() - %s * interval '1 millisecond'
"""
"""``wait_event``: it is the client's turn. What works, or waits for a lock, has time-outs that do end it."""


def expel_frozen(raw: Raw, seconds: float) -> list[tuple[Any, ...]]:
    """End the connections of this database's acts, whatever their service, that wait for their process since
    ``seconds``: (pid, who, whether it was told to end). Their process, should it go on, does the act again.
    """
    try:
        found = raw.execute(_EXPEL, (round(seconds * 1000),)).fetchall()
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.QueryCanceled) as error:
        _log.warning("acts of processes that stand still cannot be ended: %s", error)
        return []
    for pid, who, _ in found:
        _log.warning("%s (PostgreSQL process %d) has stood still within an act for %g s: ended", who, pid, seconds)
    return found
