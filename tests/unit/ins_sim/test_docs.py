"""docs/insi.md says what the code does: every person and outcome, every code of a refusal."""

from pathlib import Path

from ins_sim.domain import rules
from ins_sim.domain.erreur import CATALOGUE
from socle.control.population.published import PublishedIdentity, published
from socle.rules import Rule

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "insi.md").read_text("utf-8")


def row(identity: PublishedIdentity) -> str:
    person = identity.person
    number = "–"
    if person.ins:
        number = f"{person.ins.matricule} {person.ins.key} (…{person.ins.oid.rpartition('.')[2]})"
        number += f"; {len(person.history)} INSHISTO" if person.history else ""
    return (
        f"| {person.birth_name} | {' '.join(person.given_names)} | {person.sex} | {person.birth_date} "
        f"| {person.birth_place or '–'} | {number} | {identity.expected} | {identity.certainty} |"
    )


def test_every_published_person_stands_in_the_table() -> None:
    assert [identity.person.id for identity in published() if row(identity) not in PAGE] == []


def test_every_code_of_a_refusal_is_documented() -> None:
    ours = {
        rule.error_code: rule.id
        for rule in vars(rules).values()
        if isinstance(rule, Rule) and (rule.error_code or "").startswith("socles_2")
    }
    assert len(ours) == 11
    assert [code for code, rule in ours.items() if f"| {code} | {rule} |" not in PAGE] == []
    assert [code for code in CATALOGUE if code not in PAGE] == []
