"""A person as the ``recordTarget`` of a CDA document (CI-SIS, structuring of minimal documents; domain/insi.md §4)."""

from html import escape

from socle.control.model import Person
from socle.identities.fhir.writing import value_of

_LABELS = {"F": "Féminin", "M": "Masculin"}


def record_target(person: Person) -> str:
    """To be copied into a header. Without an INS, ``id`` has a nullFlavor: the hospital's own number belongs there."""
    number = person.ins if person.known_to_insi else None
    known = f'root="{escape(number.oid)}" extension="{value_of(number)}"' if number is not None else 'nullFlavor="NI"'
    place = person.birth_place
    born_at = f"<place><addr><county>{escape(place)}</county></addr></place>" if place else ""
    lines = (
        '<recordTarget xmlns="urn:hl7-org:v3">',
        "  <patientRole>",
        f"    <id {known}/>",
        '    <addr nullFlavor="NAV"/>',
        '    <telecom nullFlavor="NAV"/>',
        '    <patient classCode="PSN">',
        "      <name>",
        f'        <family qualifier="BR">{escape(person.birth_name)}</family>',
        f"        <given>{escape(' '.join(person.given_names))}</given>",
        f'        <given qualifier="BR">{escape(person.given_names[0])}</given>',
        "      </name>",
        f'      <administrativeGenderCode code="{person.sex}" displayName="{_LABELS[person.sex]}" '
        'codeSystem="2.16.840.1.113883.5.1"/>',
        f'      <birthTime value="{person.birth_date:%Y%m%d}"/>',
        *([f"      <birthplace>{born_at}</birthplace>"] if born_at else []),
        "    </patient>",
        "  </patientRole>",
        "</recordTarget>",
    )
    return "\n".join(lines) + "\n"
