"""Cohorts that ask for evidence in every way a definition can."""

from collections.abc import Sequence

from metrics.catalogue import Catalogue, parse

_HEAD = """
id: {id}
version: 1
kind: cohort_ratio
labels: {{fr: x, en: x}}
description: {{fr: x, en: x}}
certainty: T
source: test
cohort: {{where: {{}}}}
numerator: {{exists: {exists}, where: {where}, within: {within}}}
"""


def _catalogue(*asked: tuple[str, str, str]) -> Catalogue:
    texts = [
        _HEAD.format(id=f"TEST-{number}", exists=exists, where=where, within=within)
        for number, (exists, where, within) in enumerate(asked)
    ]
    return parse(texts)


CATALOGUES: Sequence[Catalogue] = (
    _catalogue(),
    _catalogue(("document", "{}", "P30D")),
    _catalogue(("message", "{}", "P1D")),
    _catalogue(("document", "{typeCode: 11490-0, registered: false}", "P30D")),
    _catalogue(("document", "{typeCode: [], registered: true}", "P30D"), ("message", "{failed: true}", "P30D")),
    _catalogue(
        ("document", "{typeCode: [11490-0, 34112-3], registered: true, level: N1}", "P30D"),
        ("document", "{typeCode: 11502-2, status: [approved, deleted]}", "P2D"),
        ("message", "{typeCode: 11490-0, failed: false, toProfessional: false}", "P40D"),
        ("message", "{typeCode: 11490-0, deliveredToCitizen: [true, false]}", "P3D"),
    ),
    _catalogue(
        ("document", "{typeCode: [11490-0], registered: 1}", "P30D"),
        ("document", "{level: [N3, 3, true]}", "P30D"),
        ("document", "{classCode: [1], typeCode: 34112-3}", "P30D"),
        ("message", "{toCitizen: yes, deliveredToProfessional: neither}", "P30D"),
        ("message", "{typeCode: [11490-0, 3, false], deliveredToCitizen: 1}", "P30D"),
    ),
)
