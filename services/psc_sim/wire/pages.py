"""The pages a professional sees: rendered here, without script, nothing comes from elsewhere."""

from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from psc_sim.domain import names
from socle.control.model import Establishment, Professional
from socle.web.endpoint import Reply

STYLESHEET: Final = (resources.files("psc_sim") / "page" / "psc.css").read_bytes()
PROFESSIONS: Final = {
    "10": "Médecin",
    "21": "Pharmacien",
    "26": "Audioprothésiste",
    "40": "Chirurgien-dentiste",
    "50": "Sage-femme",
    "60": "Infirmier",
    "70": "Masseur-kinésithérapeute",
    "80": "Pédicure-podologue",
    "93": "Psychologue",
}
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("psc_sim"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # no look at the disk while a page is made
    )
    for name in made.list_templates():
        made.get_template(name)
    return made


_TEMPLATES: Final = _environment()


def headers(origin: str = "") -> list[tuple[str, str]]:
    """Of every page. ``origin``: where its forms may end up, once we redirect; browsers hold redirections to it too."""
    return [
        ("content-security-policy", f"{_POLICY} {origin}".strip()),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ]


def page(template: str, base: str, *, status: int = 200, origin: str = "", **shown: Any) -> Reply:
    """One page; ``base`` is what the browser called us."""
    text = _TEMPLATES.get_template(template).render(style=base + names.STYLE, **shown)
    return Reply(
        status, text.encode(), "text/html; charset=utf-8", headers(origin), shown=f"<!-- {template} -->".encode()
    )


def person(professional: Professional, site: Establishment | None) -> dict[str, str]:
    """A professional as the pages name one."""
    title = {"10": "Dr", "40": "Dr", "50": "", "21": "Dr"}.get(professional.profession, "")
    return {
        "rpps": professional.rpps,
        "name": f"{title} {professional.given.title()} {professional.family}".strip(),
        "profession": PROFESSIONS.get(professional.profession, f"Profession {professional.profession}"),
        "speciality": professional.speciality or "",
        "site": site.name if site is not None else "",
        "finess": professional.finess_eg,
    }


def search(professionals: Sequence[Professional], text: str, most: int) -> list[Professional]:
    """Those whose name or number holds every word of ``text``, in the order of their names."""
    words = text.casefold().split()
    found = [
        one
        for one in professionals
        if all(word in f"{one.given} {one.family} {one.rpps} {one.finess_eg}".casefold() for word in words)
    ]
    return sorted(found, key=lambda one: (one.family, one.given, one.rpps))[:most]
