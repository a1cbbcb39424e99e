"""docs/insi.md says what the code does: every person and outcome, every code of a refusal."""

from pathlib import Path

from ins_sim.domain import rules, rules_batch, rules_verification
from ins_sim.domain.erreur import CATALOGUE, STRANGER
from ins_sim.domain.policy import Behaviour, Unknown
from ins_sim.settings import InsSettings
from ins_sim.wire.wsdl import wsdl
from socle.control.population.published import PublishedIdentity, published
from socle.rules import Rule

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "insi.md").read_text("utf-8")
VERIFICATION = (DOCS / "insi-verification.md").read_text("utf-8")


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


def test_every_rule_and_limit_of_the_verifications_is_documented() -> None:
    own = [
        one for module in (rules_verification, rules_batch) for one in vars(module).values() if isinstance(one, Rule)
    ]
    told = [one for one in own if one.error_code or one.id.endswith((".differs", ".former", ".unknown"))]
    assert len(told) == 19
    assert [one.id for one in told if one.id not in VERIFICATION] == []
    assert [one.error_code for one in told if one.error_code and f"| {one.error_code} |" not in VERIFICATION] == []
    assert STRANGER.code in VERIFICATION
    fields = InsSettings.model_fields
    for name in ("batch_lines", "batch_delay", "batch_keep", "batch_demands"):
        option = f"| `insi.{name.replace('_', '.')}` | `SOCLES_INS_{name.upper()}` | {fields[name].default}"
        assert option in VERIFICATION


def test_the_class_of_dot_net_is_named_as_its_generators_name_it() -> None:
    port_type = wsdl("http://x/lps").split(b'<wsdl:portType name="')[1].split(b'"')[0].decode()
    assert f"new {port_type.removeprefix('I')}Client(" in PAGE


def test_both_behaviours_and_what_an_unknown_person_gets_are_documented() -> None:
    assert [one for one in (*Behaviour, *Unknown) if f"`{one}`" not in PAGE] == []
