"""No real patients (D11): which numbers are known to be fictitious, and the refusal of all others.

Used by every service before anything is stored.
"""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from socle.control.population.published import published
from socle.rules import REGISTRY, Certainty, Finding, Rule

if TYPE_CHECKING:
    from socle.control.port import Population
    from socle.identifiers.ins import Ins

NOT_FICTITIOUS = REGISTRY.add(
    Rule(
        id="patient.not-fictitious",
        title_fr="Matricule de production, personne fictive inconnue : refusé, rien n'est conservé",
        title_en="A production INS of nobody known to be fictitious: refused, nothing is kept",
        source="Socles: no real patient ever enters the sandbox (D11)",
        certainty=Certainty.OURS,
        remedy="Employer une identité de test (OID 1.2.250.1.213.1.4.10), ou ajouter la personne à l'espace "
        "(/_sandbox/identities) ; un matricule fictif à coup sûr s'y déclare par allowedIns.",
        structural=True,
    )
)


@cache
def known_fictitious() -> frozenset[str]:
    """13-character matricules of ``known-fictitious.yaml`` and of the published identities, former ones included."""
    text = files("socle.control").joinpath("known-fictitious.yaml").read_text("utf-8")
    listed = {str(entry["number"])[:13] for entry in yaml.safe_load(text)}
    people = (identity.person for identity in published())
    return frozenset(listed | {n.matricule for p in people for n in (p.ins, *p.history) if n is not None})


def real_patient_refused(ins: "Ins", population: "Population", *, where: str = "") -> Finding | None:
    """The finding that refuses the act when ``ins`` may be a real person's, else None. It does not repeat the number.

    The caller refuses whatever the strictness (the rule is structural) and sets ``exchange.redacted``: the journal
    then keeps headers, verdict and finding, and no body.
    """
    if population.accepts_ins(ins):
        return None
    return NOT_FICTITIOUS.finding(
        where=where,
        expected="une personne fictive : OID .10 ou .11, identité de test publiée, ou ajoutée à l'espace",
        found=f"un matricule inconnu, à clé juste, sous {ins.oid}",
    )
