"""``/_sandbox/faults``: faults on demand (D10)."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import Field

from socle.control.fault_checks import FaultNonsense
from socle.control.faults import FaultRule
from socle.control.plane import ControlPlane
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import new_id
from socle.web.errors import Refusal, not_found
from socle.web.model import Current, Json
from socle.web.spread import spread

_EXAMPLES = {
    "busy once": {
        "value": {"id": "busy", "service": "dmp_sim", "effect": "refuse", "code": "XDSRepositoryBusy", "times": 1}
    },
    "slow, from the third call on": {
        "value": {"service": "ins_sim", "point": "before-answer", "effect": "latency", "latencyMs": 800, "nth": 3}
    },
    "one in ten cut after the act was stored": {
        "value": {"effect": "cut", "point": "before-answer", "probability": 0.1, "match": {"path": "*/repository"}}
    },
}


class NewFault(Json):
    """When a fault happens, and what it does. Everything absent matches all."""

    id: Annotated[str, Field(min_length=1, max_length=64, examples=["busy"])] = Field(default_factory=new_id)
    service: Annotated[str | None, Field(max_length=40, examples=["dmp_sim"])] = None
    operation: Annotated[
        str | None, Field(max_length=120, examples=["iti41"], description="One, or several with a comma between")
    ] = None
    point: Annotated[FaultPoint, Field(description="Before the act, before its commit, or after it")] = (
        FaultPoint.RECEIVED
    )
    match: Annotated[
        dict[str, str], Field(description="Attribute of the call → pattern (*, ?, […]), such as path, action, peer")
    ] = Field(default_factory=dict)
    nth: Annotated[int, Field(ge=1, description="First matching call on which it may happen")] = 1
    times: Annotated[int | None, Field(ge=1, description="How often at most")] = None
    probability: Annotated[float | None, Field(ge=0, le=1, description="The draws are the same in every run")] = None
    effect: FaultEffect
    latency_ms: Annotated[int, Field(description="Waited before the effect, whatever it is; up to 600,000")] = 0
    latency_p99_ms: Annotated[
        int | None,
        Field(
            alias="latencyP99Ms",
            description="Makes latencyMs the median of a log-normal draw with this 99th percentile",
        ),
    ] = None
    code: Annotated[str | None, Field(description="For refuse: the wire code, in the protocol's own words")] = None
    reason: str = ""
    share: Annotated[float | None, Field(description="For cut-answer and truncate: part of the body, 0 to 1")] = None
    bytes_per_second: Annotated[int | None, Field(le=10**12, description="For drip")] = None
    seconds: Annotated[
        float | None,
        Field(description="For stale (how old), delay-event (how late), truncate over SMTP (how long held)"),
    ] = None


class FaultView(NewFault):
    """A fault rule, and how often it was met."""

    seen: Annotated[int, Field(description="Matching calls so far")]
    fired: Annotated[int, Field(description="How often it happened")]


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/faults", tags=["faults"], route_class=spread(control))

    @api.get("")
    def listing(workspace: Current) -> list[FaultView]:
        """The workspace's rules in the order in which they are tried, with their counters."""
        return [FaultView.model_validate(rule) for rule in control.fault_rules(workspace.name)]

    @api.post("", status_code=201)
    def add(workspace: Current, new: Annotated[NewFault, Body(openapi_examples=_EXAMPLES)]) -> FaultView:
        """Add a rule after those already there, or replace the one of the same id."""
        rule = FaultRule(workspace=workspace.name, **new.model_dump())
        try:
            control.add_fault_rule(rule)
        except FaultNonsense as nonsense:
            raise Refusal(422, "fault.nonsense", nonsense.french, nonsense.english) from None
        return FaultView.model_validate(rule)

    @api.delete("", status_code=204)
    def clear(workspace: Current) -> Response:
        """Remove all rules of the workspace."""
        control.remove_fault_rules(workspace.name)
        return Response(status_code=204)

    @api.delete("/{rule_id}", status_code=204)
    def remove(workspace: Current, rule_id: str) -> Response:
        """Remove one rule."""
        if not control.remove_fault_rules(workspace.name, rule_id):
            raise not_found("Règle de panne", "Fault rule")
        return Response(status_code=204)

    return api
