"""Menders of codes: the coding scheme of the value set, the class of the type, the format of the template."""

from collections.abc import Callable, Iterable, Mapping

from dmp_sim.domain import check_codes as rules
from dmp_sim.domain import names
from dmp_sim.domain.mending.base import FORMAT_SCHEME, MENDERS, Target, Told, put_code, target
from dmp_sim.domain.model import Code
from dmp_sim.domain.valuesets import (
    CLASS_CODES,
    CLASS_OF_TYPE,
    CLASS_SCHEME,
    CONFIDENTIALITY,
    FACILITY_TYPES,
    FORMAT_OF_MEDIA_TYPE,
    FORMAT_OF_TEMPLATE,
    LOINC,
    PRACTICE_SETTINGS,
    TRE_A05,
    TYPE_CODES,
)
from socle.mending.model import Edit
from socle.rules import Finding

_FR = "Le code du jeu de valeurs, sous son système de codage."
_EN = "The value set's code, under its own coding scheme."


def format_of(one: Target) -> str | None:
    """The one format that the CDA's template, or its embedded format, calls for."""
    header = one.header
    if header is None:
        return None
    if header.level == "N1":
        return FORMAT_OF_MEDIA_TYPE.get(header.body_media_type)
    known = {FORMAT_OF_TEMPLATE[template] for template in header.template_ids if template in FORMAT_OF_TEMPLATE}
    return known.pop() if len(known) == 1 else None


def type_scheme(code: str) -> str:
    """LOINC numbers its codes, TRE_A05 names them."""
    return LOINC if code[:1].isdigit() else TRE_A05


@MENDERS.mends(rules.CLASS, _FR, _EN)
def _class(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is None or one.entry.class_code is None:
        return
    sent, kind = one.entry.class_code.code, one.entry.type_code
    code = sent if sent in CLASS_CODES else CLASS_OF_TYPE.get(kind.code) if kind is not None else None
    if code is not None:
        yield from put_code(told, one.path, names.DE_CLASS_CODE, code, CLASS_SCHEME)


@MENDERS.mends(rules.CLASS_TYPE, "classCode est celui du type (ASS_X16).", "classCode is the type's (ASS_X16).")
def _class_type(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is not None and one.entry.type_code is not None:
        code = CLASS_OF_TYPE[one.entry.type_code.code]
        yield from put_code(told, one.path, names.DE_CLASS_CODE, code, CLASS_SCHEME)


@MENDERS.mends(rules.TYPE, _FR, _EN)
def _type(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    if one is None or one.entry.type_code is None:
        return
    of_cda = one.header.type_code if one.header is not None else ""
    code = next((code for code in (one.entry.type_code.code, of_cda) if code in TYPE_CODES), None)
    if code is not None:
        yield from put_code(told, one.path, names.DE_TYPE_CODE, code, type_scheme(code))


def _of_value_set(
    scheme: str, attribute: str, value_set: Mapping[str, str]
) -> Callable[[Told, Finding], Iterable[Edit]]:
    """``attribute`` has the same name in the entry and in the CDA's header."""

    def plan(told: Told, finding: Finding) -> Iterable[Edit]:
        one = target(told, finding)
        if one is not None:
            of_cda = getattr(one.header, attribute) if one.header is not None else ""
            yield from _listed(told, one, scheme, (getattr(one.entry, attribute), of_cda), value_set)

    return plan


MENDERS.mends(rules.FACILITY, _FR, _EN)(_of_value_set(names.DE_FACILITY_TYPE, "facility", FACILITY_TYPES))
MENDERS.mends(rules.PRACTICE, _FR, _EN)(_of_value_set(names.DE_PRACTICE_SETTING, "practice", PRACTICE_SETTINGS))


@MENDERS.mends(rules.CONFIDENTIALITY_CODE, _FR, _EN)
def _confidentiality(told: Told, finding: Finding) -> Iterable[Edit]:
    """One code only: with several, which of them is meant cannot be told by position after a first edit."""
    one = target(told, finding)
    if one is not None and len(one.entry.confidentiality) == 1:
        of_cda = one.header.confidentiality if one.header is not None else ""
        sent = one.entry.confidentiality[0]
        yield from _listed(told, one, names.DE_CONFIDENTIALITY, (sent, of_cda), CONFIDENTIALITY)


def _listed(
    told: Told, one: Target, scheme: str, sent: tuple[Code | None, str], value_set: Mapping[str, str]
) -> Iterable[Edit]:
    """The code sent if it is listed, in capitals if so it is, else the CDA's."""
    said, of_cda = sent[0].code if sent[0] is not None else "", sent[1]
    code = next((code for code in (said, said.upper(), of_cda) if code in value_set), None)
    if code is not None:
        yield from put_code(told, one.path, scheme, code, value_set[code])


@MENDERS.mends(rules.FORMAT_TEMPLATE, "formatCode est celui du modèle du CDA.", "formatCode is the CDA template's.")
def _format(told: Told, finding: Finding) -> Iterable[Edit]:
    one = target(told, finding)
    code = format_of(one) if one is not None else None
    if one is not None and code is not None:
        yield from put_code(told, one.path, names.DE_FORMAT_CODE, code, FORMAT_SCHEME)
