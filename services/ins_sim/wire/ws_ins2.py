"""WS_INS2, ``rechercherInsAvecTraitsIdentite``: RECSANSVITALE to a request, an answer to RESULTAT."""

from lxml import etree

from ins_sim.domain.model import Answer, CodeCR, Individual, Number, Request, Traits
from ins_sim.wire.caller import told
from ins_sim.wire.names import BODY_ROOT, RECSANS, RECVIT, RESULTAT, local_name, within
from socle.soap.model import Envelope
from socle.soap.text import value_of

_NAME, _GIVEN, _SEX, _DATE, _PLACE = (
    f"{{{RECSANS}}}{name}" for name in ("NomNaissance", "Prenom", "Sexe", "DateNaissance", "LieuNaissance")
)
_ORDER = {tag: position for position, tag in enumerate((_NAME, _GIVEN, _SEX, _DATE, _PLACE))}

# Without accents, as the live service writes them.
_LABELS = {
    CodeCR.FOUND: "OK",
    CodeCR.NONE: "Aucune identite trouvee",
    CodeCR.SEVERAL: "Plusieurs identites trouvees",
}
# ns0 and ns1 are declared and unused, as in every live answer; clients read these answers with regular expressions.
_OPEN = f'<RESULTAT xmlns="{RESULTAT}" xmlns:ns0="{RECVIT}" xmlns:ns1="{RECSANS}">'
_CR = {code: f"<CR><CodeCR>{code}</CodeCR><LibelleCR>{label}</LibelleCR></CR>" for code, label in _LABELS.items()}
_NOBODY = {code: f"{_OPEN}{cr}</RESULTAT>".encode() for code, cr in _CR.items()}


def parse(envelope: Envelope) -> Request | None:
    """The request, or None when the body is not RECSANSVITALE. Nothing in it is trimmed or corrected."""
    if envelope.body.tag != BODY_ROOT:
        return None
    return told(Request(traits=parse_traits(envelope.body)), envelope)


def parse_traits(body: etree._Element) -> Traits:
    """Read RECSANSVITALE in one pass; an element of another namespace, or that comes again, is surplus."""
    traits = Traits()
    last = 0
    seen = set()
    for child in body.iterchildren("*"):
        tag = child.tag
        position = _ORDER.get(tag)
        if position is None or (tag in seen and tag != _GIVEN):
            traits.surplus.append(local_name(child))
            continue
        seen.add(tag)
        if position < last:
            traits.ordered = False
        last = position
        text = child.text or ""
        if len(child):
            text = value_of(child)
            traits.surplus += within(child)
        if tag == _NAME:
            traits.birth_name = text
        elif tag == _GIVEN:
            traits.given_names.append(text)
        elif tag == _SEX:
            traits.sex = text
        elif tag == _DATE:
            traits.birth_date = text
        else:
            traits.birth_place = text
    return traits


def render(answer: Answer) -> bytes:
    """RESULTAT as the live service lays it out: ``ListePrenom`` only, INSHISTO in the schema's order."""
    person = answer.individual
    if person is None or person.ins is None:
        return _NOBODY[answer.code]
    former = person.history if answer.history is None else answer.history
    history = "".join(f"<INSHISTO>{_number(number)}</INSHISTO>" for number in former)
    return (
        f"{_OPEN}{_CR[answer.code]}<INDIVIDU><INSACTIF>{_number(person.ins)}</INSACTIF>{history}{_tiq(person)}"
        "</INDIVIDU></RESULTAT>"
    ).encode()


def _number(number: Number) -> str:
    key = f"<Cle>{number.key}</Cle>" if number.key else ""
    start = f"<DateDeb>{number.valid_from.isoformat()}</DateDeb>" if number.valid_from else ""
    end = f"<DateFin>{number.valid_to.isoformat()}</DateFin>" if number.valid_to else ""
    return (
        f"<IdIndividu><NumIdentifiant>{number.matricule}</NumIdentifiant>{key}</IdIndividu>"
        f"<OID>{number.oid}</OID>{start}{end}"
    )


def _tiq(person: Individual) -> str:
    place = f"<LieuNaissance>{text(person.birth_place)}</LieuNaissance>" if person.birth_place else ""
    return (
        f"<TIQ><NomNaissance>{text(person.birth_name)}</NomNaissance>"
        f"<ListePrenom>{text(' '.join(person.given_names))}</ListePrenom>"
        f"<Sexe>{person.sex}</Sexe><DateNaissance>{person.birth_date.isoformat()}</DateNaissance>{place}</TIQ>"
    )


def text(value: str) -> str:
    """Character data with the two characters that XML forbids there, and no more: clients show it raw."""
    return value.replace("&", "&amp;").replace("<", "&lt;")
