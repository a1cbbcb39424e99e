"""The report as JUnit XML: a testcase for each case, its evidence in the properties and in the text."""

from collections.abc import Iterator

from lxml import etree

from ins_sim.homologation.model import Verdict
from ins_sim.homologation.view import AttemptView, CallView, CaseView, ReportView
from socle.journal.reports.words import printable

_SKIPPED = {
    Verdict.NOT_PLAYED: "Pas encore joué / Not played yet",
    Verdict.MANUAL: "À vérifier à la main / To be checked by hand",
}


def junit(report: ReportView, seconds: dict[str, float]) -> bytes:
    """``seconds``: by case, how long the calls of the attempt that counts took. What is not played, and what a human
    has to look at, is skipped: neither has passed."""
    number = report.counts
    counts = {
        "tests": str(len(report.cases)),
        "failures": str(number[Verdict.FAILED]),
        "errors": "0",
        "skipped": str(number[Verdict.NOT_PLAYED] + number[Verdict.MANUAL]),
        "time": f"{sum(seconds.values()):.3f}",
    }
    root = etree.Element("testsuites", {"name": "socles", **counts})
    suite = etree.SubElement(root, "testsuite", {"name": f"homologation.insi.{report.workspace}", **counts})
    properties = etree.SubElement(suite, "properties")
    if report.software is not None:
        for name, value in (
            ("software", report.software.key),
            ("version", report.software.version),
            ("epoch", str(report.epoch)),
        ):
            _property(properties, name, value)
    for case in report.cases:
        _case(suite, case, seconds.get(case.id, 0.0))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _case(suite: etree._Element, case: CaseView, seconds: float) -> None:
    name = f"{case.label} {case.title.fr}"
    made = etree.SubElement(suite, "testcase", classname="insi.homologation", name=name, time=f"{seconds:.3f}")
    counted = next((attempt for attempt in case.attempts if attempt.counts), None)
    calls = counted.calls if counted is not None else []
    properties = etree.SubElement(made, "properties")
    for name, value in (("verdict", case.verdict.value), ("certainty", case.certainty.value), ("source", case.source)):
        _property(properties, name, value)
    for call in calls:
        _property(properties, "exchange", call.link)
    message = f"{case.why.fr} / {case.why.en}"
    if case.verdict is Verdict.FAILED and counted is not None:
        failure = etree.SubElement(made, "failure", type=_kind(counted), message=printable(message))
        failure.text = printable("\n".join(_told(case, counted)))
    elif case.verdict in _SKIPPED:
        etree.SubElement(made, "skipped", message=printable(f"{_SKIPPED[case.verdict]} : {message}"))
    if calls and case.verdict is Verdict.PASSED:
        etree.SubElement(made, "system-out").text = printable("\n".join(map(_call, calls)))


def _property(properties: etree._Element, name: str, value: str) -> None:
    if value:
        etree.SubElement(properties, "property", name=name, value=printable(value))


def _kind(attempt: AttemptView) -> str:
    return next((reason.rule for reason in attempt.reasons if reason.rule), "homologation")


def _told(case: CaseView, attempt: AttemptView) -> Iterator[str]:
    for reason in attempt.reasons:
        yield f"{reason.fr} / {reason.en}"
        for label, text in (
            ("attendu/expected", reason.expected),
            ("reçu/found", reason.found),
            ("remède/remedy", reason.remedy),
            ("règle/rule", reason.rule),
        ):
            if text:
                yield f"  {label}: {text}"
    yield from map(_call, attempt.calls)
    yield f"{case.next.fr} / {case.next.en}"


def _call(call: CallView) -> str:
    sent = call.sent
    traits = (sent.birth_name, sent.given_names, sent.sex, sent.birth_date, sent.birth_place, sent.insured, sent.rank)
    return f"{call.received_at.isoformat()} {', '.join(filter(None, traits))} → {call.code} {call.link}"
