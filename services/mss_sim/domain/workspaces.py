"""Which workspace does this mail belong to (D7)? By the login, else by the first label of its domain.

Mail has no header to carry a workspace before authentication, and the software's configuration is one login:

1. ``ws1/dr.martin@hopital.mssante.fr``: the workspace is written before the address;
2. ``dr.martin@ws1.hopital.mssante.fr``: the first label of the domain is an existing workspace's name;
3. anything else: the default workspace.

Inside a session, recipients and senders may be written with or without the session's own label: both are the same box.
"""

from collections.abc import Callable
from typing import NamedTuple

from socle.control.model import DEFAULT_WORKSPACE


class Chosen(NamedTuple):
    """A workspace's name, and the address as the population knows it (lower case)."""

    workspace: str
    address: str


def choose_workspace(login: str, exists: Callable[[str], bool]) -> Chosen:
    """The workspace a login names. With the written form (1) the name is returned even when it does not exist."""
    address = login.strip().lower()
    name, slash, rest = address.partition("/")
    if slash and "@" not in name:
        return Chosen(name, strip_label(rest, name))
    label, dot, domain = address.rpartition("@")[2].partition(".")
    if dot and "." in domain and exists(label):
        return Chosen(label, strip_label(address, label))
    return Chosen(DEFAULT_WORKSPACE, address)


def strip_label(address: str, workspace: str) -> str:
    """``a@ws1.hopital.fr`` → ``a@hopital.fr`` in workspace ``ws1``; other addresses only in lower case."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local}{at}{domain.removeprefix(f'{workspace}.')}"
