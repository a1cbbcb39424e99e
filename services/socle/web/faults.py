"""Faults on demand as JSON: what is asked for, what there is, and the rules made of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated

from pydantic import Field

from socle.control.fault_checks import POINTS, FaultNonsense
from socle.control.faults import FaultRule
from socle.control.port import FaultEffect, FaultPoint
from socle.exchange import new_id
from socle.faults.catalogue import CatalogueEntry
from socle.rules import Certainty
from socle.web.errors import Refusal
from socle.web.invalid import worded
from socle.web.model import Json

_NEAR = 5


class _Figures(Json):
    """What rules and entries of the catalogue have alike."""

    service: Annotated[str | None, Field(max_length=40, examples=["dmp_sim"])] = None
    code: Annotated[str | None, Field(description="For refuse: the wire code, in the protocol's own words")] = None
    reason: Annotated[str, Field(max_length=1000)] = ""
    latency_ms: Annotated[int, Field(description="Waited before the effect, whatever it is; up to 600,000")] = 0
    latency_p99_ms: Annotated[
        int | None,
        Field(
            alias="latencyP99Ms",
            description="Makes latencyMs the median of a log-normal draw with this 99th percentile",
        ),
    ] = None
    share: Annotated[float | None, Field(description="For cut-answer and truncate: part of the body, 0 to 1")] = None
    bytes_per_second: Annotated[int | None, Field(le=10**12, description="For drip")] = None
    seconds: Annotated[
        float | None,
        Field(description="For stale (how old), delay-event (how late), truncate over SMTP (how long held)"),
    ] = None


_ID = worded("^[^/]+$", "un nom sans « / »", "a name without '/'")


class _When(_Figures):
    """When a fault happens. Everything absent matches all."""

    operation: Annotated[
        str | None, Field(max_length=120, examples=["iti41"], description="One, or several with a comma between")
    ] = None
    match: Annotated[
        dict[str, str],
        Field(description="Attribute of the call → pattern (*, ?, […]), such as path, action, peer; SMTP: from, to …"),
    ] = Field(default_factory=dict)
    nth: Annotated[int, Field(ge=1, le=2**31 - 1, description="First matching call on which it may happen")] = 1
    times: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="How often at most")] = None
    probability: Annotated[float | None, Field(ge=0, le=1, description="The draws are the same in every run")] = None


class NewFault(_When):
    """A fault of the catalogue (``fault``) or of one's own (``effect``); what else is given goes before the entry's."""

    fault: Annotated[str | None, Field(max_length=64, examples=["dmp.repository-busy"])] = None
    id: Annotated[str | None, Field(min_length=1, max_length=64, pattern=_ID, examples=["busy"])] = None
    point: Annotated[
        FaultPoint | None, Field(description="Before the act, before its commit, or after it; else where it belongs")
    ] = None
    effect: FaultEffect | None = None

    def rule(self, workspace: str, catalogue: Callable[[], Mapping[str, CatalogueEntry]]) -> FaultRule:
        """Raises ``Refusal`` for an unknown entry, ``FaultNonsense`` for neither ``fault`` nor ``effect``, or both."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"fault", "id", "effect", "point"}}
        if self.point is not None:
            given["point"] = self.point
        if self.fault is not None:
            if self.effect is not None:
                raise FaultNonsense(
                    "fault, une panne du catalogue, dit déjà l'effet : effect est de trop.",
                    "fault, an entry of the catalogue, says the effect already: effect is one too many.",
                )
            entries = catalogue()
            if self.fault not in entries:
                raise unknown("fault", "Panne du catalogue", self.fault, entries, "/_sandbox/faults/catalogue")
            entry = entries[self.fault]
            return replace(entry.rule(workspace, self.id or f"{entry.id}.{new_id()[-8:]}"), **given)
        if self.effect is None:
            raise FaultNonsense(
                "Il faut fault, une panne du catalogue, ou effect.",
                "It takes fault, an entry of the catalogue, or effect.",
            )
        point = {"point": POINTS.get(self.effect, FaultPoint.RECEIVED)}
        return FaultRule(id=self.id or new_id(), workspace=workspace, effect=self.effect, **(point | given))


class FaultView(_When):
    """A fault rule, and how often it was met."""

    id: str
    point: FaultPoint
    effect: FaultEffect
    catalogue: Annotated[str | None, Field(description="The entry or the profile it came from")]
    seen: Annotated[int, Field(description="Matching calls so far")]
    fired: Annotated[int, Field(description="How often it happened")]


class EntryView(_Figures):
    """One refusal or failure that may be asked for by its id."""

    id: str
    operations: Annotated[list[str], Field(description="Empty: any")]
    point: FaultPoint
    effect: FaultEffect
    title_fr: str
    title_en: str
    wire: Annotated[str, Field(description="The exact answer")]
    client_fr: Annotated[str, Field(description="What a good client does")]
    client_en: str
    source: str
    certainty: Certainty
    magic: Annotated[str | None, Field(description="A value in the message that provokes it without any rule")]


class ProfileView(Json):
    """A set of rules that belong together."""

    id: str
    title_fr: str
    title_en: str
    source: str
    certainty: Certainty


class ProfileAsked(Json):
    """Which one."""

    profile: Annotated[str, Field(max_length=64, examples=["slow-monday"])]


class FaultFile(Json):
    """All rules of a workspace."""

    rules: Annotated[list[NewFault], Field(max_length=1000)]


def unknown(code: str, what_fr: str, name: str, known: Iterable[str], where: str) -> Refusal:
    """404, with the names nearest to the one asked for; none is near: ``where`` all of them are."""
    names = list(known)
    holding = [one for one in names if name and name.lower() in one]
    near = list(dict.fromkeys([*get_close_matches(name, names, _NEAR, 0.5), *holding]))[:_NEAR]
    listed = ", ".join(near)
    return Refusal(
        404,
        f"{code}.unknown",
        f"{what_fr} : {name!r} est inconnu. " + (f"Noms proches : {listed}." if near else f"Tous : {where}."),
        f"{name!r} is unknown. " + (f"Near names: {listed}." if near else f"All of them: {where}."),
        near=near,
    )
