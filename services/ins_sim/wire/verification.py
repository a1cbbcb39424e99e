"""The unitary verification on the wire: IndividuVerifie to a request, a verdict to RESULTAT.

Element names and the answer's namespace were read in one client; the request's namespace was not. So elements are taken
by their local names whatever their namespace, in ``IndividuVerifie`` itself or in a body that holds it.
"""

from typing import Final

from lxml import etree

from ins_sim.domain.model import Traits
from ins_sim.domain.verification import LABELS, ROOT, Claimed, VerificationRequest, Verified
from ins_sim.wire.caller import told
from ins_sim.wire.coverage import read_matricule
from ins_sim.wire.names import local_name, within
from socle.soap.model import Call, Envelope
from socle.soap.text import text_of, value_of

OPERATION: Final = "verifierInsAvecTraitsIdentite"
ACTION: Final = f"urn:ServiceIdentiteCertifiee:1.0.0:{OPERATION}"
REQUEST: Final = "http://www.cnamts.fr/INSiLot2/REQUnitaire"
"""Ours, by analogy with the answer's."""
ANSWER: Final = "http://www.cnamts.fr/INSiLot2/REPUnitaire"
"""Read in a client's kit."""
BODY_ROOT: Final = f"{{{REQUEST}}}{ROOT}"

_ANSWERS: Final = {
    code: (
        f'<RESULTAT xmlns="{ANSWER}"><CR><CodeCR>{code}</CodeCR><LibelleCR>{label}</LibelleCR></CR></RESULTAT>'
    ).encode()
    for code, label in LABELS.items()
}


def parse(envelope: Envelope) -> VerificationRequest | None:
    """The request, or None when the body holds no IndividuVerifie. Traits are taken as they were sent."""
    claimed = find_claimed(envelope.body)
    if claimed is None:
        return None
    return told(VerificationRequest(claimed=parse_claimed(claimed)), envelope)


def parse_claimed(element: etree._Element) -> Claimed:
    """The content of one IndividuVerifie; an element that comes again is surplus, and so is one that nobody knows."""
    claimed = Claimed()
    for child in element.iterchildren("*"):
        name = local_name(child)
        if name == "INSFourni":
            for part in child.iterchildren("*"):
                if local_name(part) == "IdIndividu" and not claimed.number.sent:
                    claimed.number = read_matricule(part)
                elif local_name(part) == "OID" and not claimed.oid:
                    claimed.oid = text_of(part)
                else:
                    claimed.traits.surplus.append(local_name(part))
        elif name == "TraitsIdentiteIndividu":
            _read_traits(child, claimed.traits)
        else:
            claimed.traits.surplus.append(name)
    return claimed


def render(verified: Verified) -> bytes:
    """RESULTAT with its compte rendu alone: what differs is told in the journal only."""
    return _ANSWERS[verified.code]


def traits_of(call: Call) -> Traits:
    """The traits of a call that may be no verification at all; for fault rules."""
    claimed = find_claimed(call.envelope.body)
    return Traits() if claimed is None else parse_claimed(claimed).traits


def find_claimed(body: etree._Element) -> etree._Element | None:
    """IndividuVerifie: the element itself, or its child."""
    if local_name(body) == ROOT:
        return body
    return next((child for child in body.iterchildren("*") if local_name(child) == ROOT), None)


def _read_traits(element: etree._Element, traits: Traits) -> None:
    seen: set[str] = set()
    for child in element.iterchildren("*"):
        name, text = local_name(child), value_of(child)
        traits.surplus += within(child)
        if name in seen:
            traits.surplus.append(name)
        elif name == "NomNaissance":
            traits.birth_name = text
        elif name == "ListePrenom":
            traits.given_names = [text]
        elif name == "Sexe":
            traits.sex = text
        elif name == "DateNaissance":
            traits.birth_date = text
        elif name == "LieuNaissance":
            traits.birth_place = text
        else:
            traits.surplus.append(name)
        seen.add(name)
