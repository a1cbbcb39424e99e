"""The rules of INSi's assertions (domain/insi.md §1.5), asked where a workspace verifies them (option ``assertions``).

The code of a refusal was read in no source: it is answered like insufficient rights, by our own choice.
"""

from collections.abc import Iterator

from ins_sim.domain.erreur import FORBIDDEN
from ins_sim.domain.model import Assertion, Mode
from socle.assertions.signatory import Signatory
from socle.rules import REGISTRY, Certainty, Finding, Rule, Severity

_CLIENT = "an assertion seen in a client's tests; the code of the refusal is ours"
_WHERE = "Header/Security/Assertion"


def _rule(
    name: str, fr: str, en: str, remedy: str, source: str, *, own: bool = False, severity: Severity = Severity.ERROR
) -> Rule:
    return REGISTRY.add(
        Rule(
            f"insi.assertion.{name}",
            fr,
            en,
            source,
            Certainty.OURS if own else Certainty.SIMPLIFIED,
            remedy,
            severity,
            error_code=FORBIDDEN.code if severity is Severity.ERROR else None,
        )
    )


ABSENT = _rule(
    "absent",
    "Ni assertion, ni certificat du logiciel",
    "Neither an assertion nor a certificate of the software",
    "Joindre l'assertion de la carte ou de Pro Santé Connect, ou appeler en TLS mutuel avec INSI-AUTO ou INSI-MANU.",
    "no public source: our own choice",
    own=True,
)
SUBJECT = _rule(
    "subject",
    "L'assertion ne nomme pas un professionnel (NameID, NameQualifier CPS ou PSC)",
    "The assertion names no professional (NameID, NameQualifier CPS or PSC)",
    'Subject/NameID = identifiant national, NameQualifier="CPS" ou "PSC".',
    _CLIENT,
)
BILLING = _rule(
    "billing-id",
    "identifiantFacturation absent",
    "identifiantFacturation is missing",
    "FINESS géographique d'un établissement, sinon SIRET ; autrement le numéro AM.",
    "SEL-MP-043, read through editors' notes",
    severity=Severity.WARNING,
)
SECTOR = _rule(
    "sector",
    "secteurActivite absent de l'assertion de la carte",
    "The card's assertion lacks secteurActivite",
    "secteurActivite : celui de la situation choisie, tel que SA05 ou SA07.",
    _CLIENT,
    severity=Severity.WARNING,
)
CARD = _rule(
    "signer",
    "L'assertion CPS n'est pas signée par une carte de professionnel",
    "The CPS assertion is not signed by a professional's card",
    "Signer avec le certificat de signature de la carte (AC IGC-SANTE FORT PERSONNES).",
    _CLIENT,
)
USAGE = _rule(
    "usage",
    "Le certificat n'est pas un certificat de signature (keyUsage nonRepudiation)",
    "The certificate is none for signatures (keyUsage nonRepudiation)",
    "Signer avec la clé de signature de la carte, non avec celle d'authentification.",
    _CLIENT,
)
NAME = _rule(
    "name",
    "NameID n'est pas l'identifiant national que porte la carte",
    "NameID is not the national id on the card",
    "Mettre dans NameID le nom commun (CN) du certificat.",
    _CLIENT,
)


def check_assertion(assertion: Assertion) -> Iterator[Finding]:
    """What it says. Nothing of an absent one."""
    if assertion.mode is Mode.CERTIFICATE or not assertion.subject:
        found = f"{assertion.subject or '(absent)'}, NameQualifier={assertion.qualifier or '(absent)'}"
        yield SUBJECT.finding(where=f"{_WHERE}/Subject/NameID", expected="CPS | PSC", found=found[:120])
        return
    if not assertion.billing_id:
        yield BILLING.finding(where=f"{_WHERE}//Attribute[@Name='identifiantFacturation']", found="(absent)")
    if assertion.mode is Mode.CARD and not assertion.sector:
        yield SECTOR.finding(where=f"{_WHERE}//Attribute[@Name='secteurActivite']", found="(absent)")


def check_card(assertion: Assertion, signatory: Signatory) -> Iterator[Finding]:
    """Who signed. ``signatory``: of a signature that verifies, under a known authority."""
    where = f"{_WHERE}/Signature//X509Certificate"
    if not signatory.person:
        yield CARD.finding(where=where, expected="carte", found="organisation")
        return
    if not signatory.signs:
        yield USAGE.finding(where=where, expected="nonRepudiation", found="(absent)")
    if assertion.subject and signatory.common_name != assertion.subject:
        yield NAME.finding(
            where=f"{_WHERE}/Subject/NameID", expected=signatory.common_name, found=assertion.subject[:80]
        )
