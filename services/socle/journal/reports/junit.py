"""JUnit XML: one testcase for each exchange, a failure where findings are grave enough."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from socle.exchange import Outcome
from socle.journal.reports.words import Verdict, failing, printable, told
from socle.rules import Severity


def junit(verdicts: Iterable[Verdict], *, workspace: str, links: str, fail_on: Severity) -> bytes:
    """The report, oldest exchange first. ``links`` is what an exchange's id is put behind."""
    cases, seconds, failures, errors = [], 0.0, 0, 0
    for verdict in verdicts:
        case, outcome = _case(verdict, links + verdict["id"], fail_on)
        cases.append(case)
        seconds += verdict["durationMs"] / 1000
        failures += outcome == "failure"
        errors += outcome == "error"
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0" time="{seconds:.3f}"'
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="socles" {counts}>\n'
    suite = f"<testsuite name={_attribute(f'socles.{workspace}')} {counts}>\n"
    return "".join([head, suite, *reversed(cases), "</testsuite>\n</testsuites>\n"]).encode()


def _case(verdict: Verdict, link: str, fail_on: Severity) -> tuple[str, str]:
    name = f"{verdict['receivedAt']} {verdict['subject'] or verdict['id']}"
    about = {
        "exchange": link,
        "outcome": verdict["outcome"],
        "status": str(verdict["status"]),
        "code": verdict["code"] or "",
        "fault": verdict["fault"] or "",
        "official": verdict["official"]["fr"] if verdict["official"] else "",
    }
    properties = "".join(
        f"<property name={_attribute(key)} value={_attribute(value)}/>" for key, value in about.items() if value
    )
    inside, outcome = _verdict(verdict, link, fail_on)
    operation, seconds = f"{verdict['service']}.{verdict['operation']}", verdict["durationMs"] / 1000
    case = (
        f"<testcase classname={_attribute(operation)} name={_attribute(name)} "
        f'time="{seconds:.3f}"><properties>{properties}</properties>{inside}</testcase>\n'
    )
    return case, outcome


def _verdict(verdict: Verdict, link: str, fail_on: Severity) -> tuple[str, str]:
    found = failing(verdict, fail_on)
    if verdict["outcome"] == Outcome.ERROR.value:
        return _element("error", "sandbox", "Le bac à sable a échoué / The sandbox failed", link), "error"
    if not found:
        return "", "passed"
    first = found[0]
    message = f"{first['titleFr']} / {first['titleEn']}" + (f" (+{len(found) - 1})" if len(found) > 1 else "")
    text = "\n".join([*map(told, found), link])
    return _element("failure", first["rule"], message, text), "failure"


def _element(name: str, kind: str, message: str, text: str) -> str:
    return f"<{name} type={_attribute(kind)} message={_attribute(message)}>{escape(printable(text))}</{name}>"


def _attribute(text: str) -> str:
    return quoteattr(printable(text), {"\n": "&#10;"})
