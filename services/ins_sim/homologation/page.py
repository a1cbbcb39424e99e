"""The report as one page: nothing is fetched, no script runs, all evidence is in it; to be read, printed, handed on."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from ins_sim.homologation.evidence import Wire
from ins_sim.homologation.view import ReportView

_PARIS = ZoneInfo("Europe/Paris")
_STYLE = files("ins_sim.homologation").joinpath("templates/report.css").read_text("utf-8")
_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Vary": "Accept",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
}
VERDICTS = {
    "passed": ("réussi", "réussis", "passed"),
    "failed": ("échoué", "échoués", "failed"),
    "not-played": ("pas encore joué", "pas encore joués", "not played yet"),
    "manual": ("à vérifier à la main", "à vérifier à la main", "to be checked by hand"),
}
"""One, several, in English."""
STATES = {"passed": "réussi", "failed": "échoué", "begun": "commencé", "aside": "écarté"}
PLACES = {"absent": "sans lieu de naissance", "required": "avec le lieu de naissance", "free": ""}
CERTAINTIES = {"faithful": "vu dans une source", "simplified": "reconstitué", "ours": "notre choix"}
AUTHENTICATED = {
    "card": "assertion CPS",
    "psc": "assertion Pro Santé Connect",
    "certificate": "certificat du logiciel",
    "": "aucune",
}


def page(report: ReportView, wire: Callable[[str], Wire | None]) -> str:
    """``wire`` gives the messages of an exchange: those of the attempts that count stand at the end, each once."""
    ids = [call.id for case in report.cases for attempt in case.attempts if attempt.counts for call in attempt.calls]
    messages = {one: found for one in dict.fromkeys(ids) if (found := wire(one)) is not None}
    return _TEMPLATE.render(report=report, messages=messages, style=_STYLE)


def moment(at: datetime) -> str:
    """``30/11/2026 18:53:25`` in Paris."""
    return f"{at.astimezone(_PARIS):%d/%m/%Y %H:%M:%S}"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ins_sim", "homologation/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "verdicts": VERDICTS,
        "states": STATES,
        "places": PLACES,
        "certainties": CERTAINTIES,
        "authenticated": AUTHENTICATED,
    }
    made.filters["moment"] = moment
    return made


_TEMPLATE = _environment().get_template("report.html")
