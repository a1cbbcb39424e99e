"""Menders of what an entry says otherwise than its CDA: the CDA is what was written, so its word is taken."""

from collections.abc import Callable, Iterable
from xml.sax.saxutils import quoteattr

from dmp_sim.domain import check_cda_metadata as rules
from dmp_sim.domain import names
from dmp_sim.domain.forms import xcn, xon
from dmp_sim.domain.mending.base import MENDERS, Target, Told, person, put_code, put_identifier, put_slot, target, utc
from dmp_sim.domain.valuesets import CONFIDENTIALITY, FACILITY_TYPES, PRACTICE_SETTINGS
from socle.mending.model import Do, Edit
from socle.rules import Finding, Rule

_FR = "{} est repris de l'entête du CDA."
_EN = "{} is taken from the CDA's header."
_Plan = Callable[[Told, Target], Iterable[Edit]]


def _unique_id(told: Told, one: Target) -> Iterable[Edit]:
    assert one.header is not None
    if one.header.id.root:
        yield from put_identifier(told, one.path, names.DE_UNIQUE_ID, "XDSDocumentEntry.uniqueId", one.header.id.root)


def _type(told: Told, one: Target) -> Iterable[Edit]:
    assert one.header is not None
    yield from put_code(told, one.path, names.DE_TYPE_CODE, one.header.type_code, one.header.type_scheme)


def _time(name: str, of_header: str, of_entry: str) -> _Plan:
    def plan(told: Told, one: Target) -> Iterable[Edit]:
        value = utc(getattr(one.header, of_header))
        if value:
            yield from put_slot(one.path, name, value, there=bool(getattr(one.entry, of_entry)))

    return plan


def title(told: Told, one: Target) -> Iterable[Edit]:
    """The entry's Name, whether there is one or not."""
    assert one.header is not None
    text = one.header.title
    new = f'<Name xmlns="{names.RIM}"><LocalizedString value={quoteattr(text)}/></Name>'
    yield Edit(Do.SET, f"{one.path}/rim:Name/rim:LocalizedString", text, "value")
    yield Edit(Do.LAST, f"{one.path}/rim:Name[not(rim:LocalizedString)]", f'<LocalizedString xmlns="{names.RIM}" '
               f"value={quoteattr(text)}/>")  # fmt: skip
    # a Name comes after the slots
    last_slot = f"{one.path}[not(rim:Name)]/rim:Slot[last()]"
    yield Edit(Do.AFTER, last_slot, new)


def _language(told: Told, one: Target) -> Iterable[Edit]:
    assert one.header is not None
    yield from put_slot(one.path, "languageCode", one.header.language, there=bool(one.entry.language))


def _coded(scheme: str, attribute: str, value_set: dict[str, str]) -> _Plan:
    def plan(told: Told, one: Target) -> Iterable[Edit]:
        code: str = getattr(one.header, attribute)
        if code in value_set:
            yield from put_code(told, one.path, scheme, code, value_set[code])

    return plan


def _author(told: Told, one: Target) -> Iterable[Edit]:
    assert one.header is not None
    if len(one.header.authors) == len(one.entry.authors) == 1:
        path = f"{one.path}/rim:Classification[@classificationScheme='{names.DE_AUTHOR}']"
        there = bool(one.entry.authors[0].person)
        yield from put_slot(path, "authorPerson", person(told, one.header.authors[0]), there=there)


def _legal(told: Told, one: Target) -> Iterable[Edit]:
    assert one.header is not None
    if one.header.legal_authenticator.extension:
        text = person(told, one.header.legal_authenticator)
        yield from put_slot(one.path, "legalAuthenticator", text, there=bool(one.entry.legal_authenticators))


def _institution(told: Told, one: Target) -> Iterable[Edit]:
    """Only where the VIHF agrees with the CDA: else one of the three is wrong, and a human knows which."""
    assert one.header is not None
    named = next((each for each in one.header.author_institutions if _is_caller(told, each.extension)), None)
    if named is None or len(one.entry.authors) != 1 or len(one.entry.authors[0].institutions) != 1:
        return
    name = xon(one.entry.authors[0].institutions[0]).name
    text = f"{name}^^^^^&{named.root}&ISO^IDNST^^^{named.extension}"
    path = f"{one.path}/rim:Classification[@classificationScheme='{names.DE_AUTHOR}']"
    yield from put_slot(path, "authorInstitution", text, there=True)


def _is_caller(told: Told, extension: str) -> bool:
    return told.vihf is not None and bool(extension) and told.vihf.structure == extension


def same_person(told: Told, one: Target) -> bool:
    """The legal authenticator of the entry is the CDA's."""
    return one.header is not None and any(
        xcn(text).id == one.header.legal_authenticator.extension for text in one.entry.legal_authenticators
    )


PLANS: dict[Rule, tuple[str, _Plan]] = {
    rules.ID: ("uniqueId", _unique_id),
    rules.TYPE: ("typeCode", _type),
    rules.CREATION_TIME: ("creationTime", _time("creationTime", "effective_time", "creation_time")),
    rules.TITLE: ("title", title),
    rules.LANGUAGE: ("languageCode", _language),
    rules.CONFIDENTIALITY: (
        "confidentialityCode",
        _coded(names.DE_CONFIDENTIALITY, "confidentiality", CONFIDENTIALITY),
    ),
    rules.PRACTICE: ("practiceSettingCode", _coded(names.DE_PRACTICE_SETTING, "practice", PRACTICE_SETTINGS)),
    rules.FACILITY: ("healthcareFacilityTypeCode", _coded(names.DE_FACILITY_TYPE, "facility", FACILITY_TYPES)),
    rules.SERVICE_START: ("serviceStartTime", _time("serviceStartTime", "service_start", "service_start")),
    rules.SERVICE_STOP: ("serviceStopTime", _time("serviceStopTime", "service_stop", "service_stop")),
    rules.AUTHOR: ("authorPerson", _author),
    rules.LEGAL: ("legalAuthenticator", _legal),
    rules.INSTITUTION: ("authorInstitution", _institution),
}
"""What of the entry each rule is about, and how it is written anew."""


def with_header(plan: _Plan) -> Callable[[Told, Finding], Iterable[Edit]]:
    """The plan for the entry that a finding is about, if its CDA could be read."""

    def made(told: Told, finding: Finding) -> Iterable[Edit]:
        one = target(told, finding)
        return plan(told, one) if one is not None and one.header is not None else ()

    return made


for _rule, (_attribute, _plan) in PLANS.items():
    MENDERS.mends(_rule, _FR.format(_attribute), _EN.format(_attribute))(with_header(_plan))
