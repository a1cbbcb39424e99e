"""``/_sandbox/faults``: faults on demand (D10)."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Body, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from socle.control.fault_checks import FaultNonsense
from socle.control.plane import ControlPlane
from socle.faults.profiles import PROFILES
from socle.web.errors import Refusal, not_found
from socle.web.faults import EntryView, FaultFile, FaultView, NewFault, ProfileAsked, ProfileView, unknown
from socle.web.files import read_file
from socle.web.model import Current
from socle.web.spread import spread

T = TypeVar("T")

_EXAMPLES = {
    "of the catalogue, once": {"value": {"fault": "any.cut-answer", "service": "dmp_sim", "times": 1}},
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
_PROFILES = {"every service slow": {"value": {"profile": "slow-monday"}}}
_FILE = {
    "schema": {"type": "object", "required": ["rules"], "properties": {"rules": {"type": "array", "maxItems": 1000}}},
    "example": {"rules": [{"fault": "any.overload", "service": "dmp_sim", "nth": 3, "times": 1}]},
}
_IMPORT = {"requestBody": {"required": True, "content": {"application/json": _FILE, "application/yaml": _FILE}}}


def router(control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/faults", tags=["faults"], route_class=spread(control))

    @api.get("")
    def listing(workspace: Current) -> list[FaultView]:
        """The workspace's rules in the order in which they are tried, with their counters."""
        return _views(control, workspace.name)

    @api.get("/catalogue")
    def catalogue(
        service: Annotated[str | None, Query(description="What may happen to this service")] = None,
    ) -> list[EntryView]:
        """Every documented refusal and failure: its id, the exact answer, what a good client does, its source."""
        entries = control.catalogue().values()
        return [EntryView.model_validate(one) for one in entries if service is None or one.service in (None, service)]

    @api.get("/profiles")
    def profiles() -> list[ProfileView]:
        """Bad days to be had by name."""
        return [ProfileView.model_validate(one) for one in PROFILES.values()]

    @api.post("", status_code=201)
    def add(workspace: Current, new: Annotated[NewFault, Body(openapi_examples=_EXAMPLES)]) -> FaultView:
        """Add a rule after those already there, or replace the one of the same id."""

        def put() -> FaultView:
            rule = new.rule(workspace.name, control.catalogue)
            control.add_fault_rule(rule)
            return FaultView.model_validate(rule)

        return _sound(put)

    @api.post("/profile", status_code=201)
    def add_profile(
        workspace: Current, asked: Annotated[ProfileAsked, Body(openapi_examples=_PROFILES)]
    ) -> list[FaultView]:
        """Add the rules of a profile; a second time, their counters begin anew."""
        found = PROFILES.get(asked.profile)
        if found is None:
            raise unknown("profile", "Profil de pannes", asked.profile, PROFILES, "/_sandbox/faults/profiles")
        rules = found.rules_for(workspace.name)
        control.add_fault_rules(workspace.name, rules)
        return [FaultView.model_validate(rule) for rule in rules]

    @api.put("", openapi_extra=_IMPORT)
    async def replace(workspace: Current, request: Request) -> list[FaultView]:
        """Instead of all rules, those of a file: ``{"rules": […]}`` in JSON or YAML, each as in POST. All or none."""
        file = await read_file(request, FaultFile)

        def put() -> list[FaultView]:
            rules = [one.rule(workspace.name, control.catalogue) for one in file.rules]
            if len({rule.id for rule in rules}) < len(rules):
                raise FaultNonsense("Deux règles portent le même id.", "Two rules have the same id.")
            control.add_fault_rules(workspace.name, rules, alone=True)
            return _views(control, workspace.name)

        return await run_in_threadpool(_sound, put)

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


def _views(control: ControlPlane, name: str) -> list[FaultView]:
    return [FaultView.model_validate(rule) for rule in control.fault_rules(name)]


def _sound(make: Callable[[], T]) -> T:
    try:
        return make()
    except FaultNonsense as nonsense:
        raise Refusal(422, "fault.nonsense", nonsense.french, nonsense.english) from None
