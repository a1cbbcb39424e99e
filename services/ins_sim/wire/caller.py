"""What every request says beside its body."""

from typing import TypeVar

from ins_sim.domain.model import Caller
from ins_sim.wire.contexts import read_headers
from socle.soap.model import SOAP12, Envelope

Asked = TypeVar("Asked", bound=Caller)


def told(request: Asked, envelope: Envelope, *, card: bool = False) -> Asked:
    """The same ``request``, with what its header and its envelope say. ``card``: as ``read_headers`` has it."""
    read_headers(envelope.blocks, request, card=card)
    request.message_id = envelope.message_id
    request.soap12 = envelope.version == SOAP12
    return request
