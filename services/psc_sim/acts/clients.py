"""Who calls: the client of a request, and whether it is who it says."""

from psc_sim.domain import rules
from psc_sim.domain.clients import check_secret
from psc_sim.domain.model import Client
from psc_sim.store import PscStore
from psc_sim.wire.call import Call
from psc_sim.wire.reply import Refused
from socle.rules import Severity


async def named_client(call: Call, store: PscStore, client_id: str) -> Client:
    """The client of this name. Raises ``Refused`` when it had to be registered."""
    client = await store.client(call.scope, client_id)
    if call.policy.registered_only and not client.registered:
        raise Refused(rules.CLIENT.finding(where="client_id", found=client_id[:80]))
    return client


async def authenticated(call: Call, store: PscStore, *, secret_wanted: bool = False) -> Client:
    """The client that the header or the form names, its secret verified. Raises ``Refused``.

    ``secret_wanted``: a client without any secret is refused, be it registered or not.
    """
    name, secret = call.basic()
    if name is None:
        name, secret = call.form.get("client_id"), call.form.get("client_secret")
    elif call.form.get("client_id", name) != name:
        raise Refused(rules.MALFORMED.finding(where="client_id", expected=name[:80], found="un autre"))
    if not name:
        raise Refused(rules.SECRET.finding(where="client_id", expected="client_id"))
    client = await named_client(call, store, name)
    found = check_secret(client, secret)
    if found is not None:
        if found.rule.severity is Severity.ERROR:
            raise Refused(found)
        if secret_wanted:
            raise Refused(rules.SECRET.finding(where="client_secret"))
        call.exchange.findings.append(found)
    return client
