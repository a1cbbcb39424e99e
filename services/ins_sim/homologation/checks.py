"""What is wrong with one call, held against the step it should be."""

from collections.abc import Iterator, Sequence

from ins_sim.domain.assertion import ABSENT
from ins_sim.domain.model import CodeCR
from ins_sim.homologation.called import Answered, Called, Sent
from ins_sim.homologation.model import Known, Place, Reason, Step
from ins_sim.homologation.said import Said
from socle.exchange import Outcome
from socle.rules import Severity

UNAUTHENTICATED = Said(
    "Appel sans authentification : ni assertion dans wsse:Security, ni certificat du logiciel (TLS mutuel)",
    "Call without authentication: neither an assertion in wsse:Security nor the software's certificate (mutual TLS)",
)
_AUTHENTICATE = "Joindre l'assertion (CPS, Pro Santé Connect), ou appeler en TLS mutuel avec INSI-AUTO ou INSI-MANU."
PROVOKED = Said(
    "Une panne a été provoquée sur cet appel : il ne compte pas",
    "A fault was provoked on this call: it does not count",
)
_FAILED_HERE = Said(
    "Le bac à sable n'a pas pu répondre : l'appel ne compte pas",
    "The sandbox could not answer: the call does not count",
)
_OTHERWISE = Said(
    "L'appel est juste, mais cet espace de travail n'y répond pas comme le cahier : il ne compte pas "
    "(insi.behaviour, insi.unknown, X-Socles-Behaviour, personnes ajoutées ou retirées)",
    "The call is right, but this workspace does not answer it as the book does: it does not count "
    "(insi.behaviour, insi.unknown, X-Socles-Behaviour, persons added or removed)",
)


def spoilt(call: Called) -> Reason | None:
    """Why the call says nothing of the software, whatever it holds; None: it counts."""
    if call.fault is not None:
        return Reason(PROVOKED, found=call.fault)
    if call.outcome in (Outcome.ERROR, Outcome.OVERLOAD):
        return Reason(_FAILED_HERE, found=call.outcome)
    return None


def wrong(call: Called, step: Step, person: Known, *, trust: bool = False) -> list[Reason]:
    """What the software did wrong. ``trust``: a call must say who calls."""
    reasons = [*refused(call), *unnamed(call, trust=trust)]
    told = {finding.where.rpartition("/")[2].partition("[")[0] for finding in call.findings if _grave(finding.severity)}
    return reasons + [reason for element, reason in _traits(call.sent, step, person) if element not in told]


def otherwise(call: Called, code: str, person: Known | None) -> Reason | None:
    """Of a call that is right: that it was not answered ``code``, with the person's number; None: it was."""
    wanted = code if code != CodeCR.FOUND or person is None else f"{code} {_number(person)}"
    answered = call.answered
    got = call.code if answered is None else answered.code
    if answered is not None and answered.code == CodeCR.FOUND:
        got = f"{answered.code} {_got(answered)}"
    return None if got == wanted else Reason(_OTHERWISE, expected=wanted, found=got)


def refused(call: Called) -> Iterator[Reason]:
    """The findings of severity error."""
    for finding in call.findings:
        if _grave(finding.severity):
            yield Reason(finding.title, finding.expected, finding.found, finding.rule, finding.remedy)


def unnamed(call: Called, *, trust: bool) -> Iterator[Reason]:
    """That the call does not say who calls, where it has to and no finding says so."""
    if trust and not call.authenticated and ABSENT.id not in {finding.rule for finding in call.findings}:
        yield Reason(UNAUTHENTICATED, remedy=_AUTHENTICATE)


def _grave(severity: str) -> bool:
    return severity == Severity.ERROR


def _traits(sent: Sent, step: Step, person: Known) -> Iterator[tuple[str, Reason]]:
    """Element → in what it differs from the person's trait."""
    for element, fr, en, wanted, got in (
        ("NomNaissance", "Nom de naissance", "Birth name", person.birth_name, sent.name),
        ("Sexe", "Sexe", "Sex", person.sex, sent.sex),
        ("DateNaissance", "Date de naissance", "Birth date", person.birth_date.isoformat(), sent.born),
    ):
        if got != wanted:
            yield element, _differs(fr, en, wanted, got)
    if not _given_as(step.given, person.given_names, sent.tokens):
        wanted = " ".join(step.given or person.given_names)
        yield "Prenom", _differs("Prénom envoyé", "First name sent", wanted, " | ".join(sent.given))
    yield from _place(sent.place, step.place, person.birth_place or "")


def _given_as(wanted: Sequence[str] | None, names: Sequence[str], sent: tuple[str, ...]) -> bool:
    if wanted is not None:
        return sent == tuple(wanted)
    return bool(sent) and sent == tuple(" ".join(names).split())[: len(sent)]


def _place(sent: str, wanted: Place, place: str) -> Iterator[tuple[str, Reason]]:
    if (wanted is Place.REQUIRED and not sent) or (sent and place and sent != place):
        yield "LieuNaissance", _differs("Lieu de naissance", "Birth place", place, sent)


def _differs(fr: str, en: str, wanted: str, got: str) -> Reason:
    said = Said(f"{fr} : ce n'est pas celui du cas", f"{en}: not the one of the case")
    return Reason(said, wanted or "(absent)", got or "(absent)")


def _number(person: Known) -> str:
    number = person.ins
    return f"{number.matricule}{number.key or ''} {number.oid}" if number is not None else ""


def _got(answered: Answered) -> str:
    return f"{answered.matricule}{answered.key} {answered.oid}"
