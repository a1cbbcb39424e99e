"""Hospitals from the sandbox's common population: who works where, who may be admitted, who is written to."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sandbox.clients.ebrim import oid_of
from sandbox.clients.mime import Style
from sandbox.facts import Author, Patient, Site
from sandbox.hospitals.hospital import Habits, Hospital, Resident
from socle.control.model import Box, BoxType, Establishment, Person, Professional

_SECTORS = {
    "SA01": "Etablissement public de santé",
    "SA03": "Etablissement privé PSPH",
    "SA04": "Etablissement privé non PSPH",
    "SA17": "Etablissement pour personnes âgées",
}
_PRACTICES = {
    True: ("ETABLISSEMENT", "Etablissement de santé"),
    False: ("ESSMS", "Etablissement ou Service Social ou Médico-Social"),
}
_SPECIALITIES = {
    "SM04": "Médecin - Cardiologie et maladies vasculaires (SM)",
    "SM18": "Médecin - Gériatrie (SM)",
    "SM26": "Médecin - Qualifié en Médecine Générale (SM)",
    "SM29": "Médecin - Médecine physique et réadaptation (SM)",
    "SM42": "Médecin - Psychiatrie (SM)",
    "SM54": "Médecin - Médecine Générale (SM)",
}


@dataclass(frozen=True, slots=True)
class World:
    """What the population endpoint tells."""

    establishments: Sequence[Establishment]
    professionals: Sequence[Professional]
    persons: Sequence[Person]
    boxes: Sequence[Box]


def hospitals(world: World, *, seed: int, count: int) -> list[Hospital]:
    """The first ``count`` establishments as hospitals: sizes skewed as in life, habits drawn from the seed."""
    residents = _residents(world)
    boxes = {box.finess_eg: box for box in world.boxes if box.type is BoxType.APP and box.state == "open"}
    personal = [box for box in world.boxes if box.type is BoxType.PER and box.state == "open"]
    sites = [site for site in world.establishments[:count] if site.finess_eg in boxes]
    made = []
    for number, site in enumerate(sites):
        random = Random(f"{seed}/habits/{site.finess_eg}")  # noqa: S311 - a simulation, to be repeated
        sender = boxes[site.finess_eg]
        made.append(
            Hospital(
                site=site_of(site),
                authors=_authors(world.professionals, site.finess_eg),
                residents=tuple(random.sample(residents, k=min(60, len(residents)))),
                sender_box=sender.address,
                sender_password=sender.password,
                correspondents=_elsewhere(random, personal, site),
                style=list(Style)[number % len(Style)],
                habits=_habits(random),
                stays=max(2, round(24 / (number + 2) ** 0.5)),
                field="MCO" if "MCO" in site.fields else min(site.fields, default=None),
            )
        )
    return made


def _elsewhere(random: Random, boxes: Sequence[Box], site: Establishment) -> tuple[str, ...]:
    """A dozen professionals of other sites."""
    chosen = random.sample(boxes, k=min(12, len(boxes)))
    return tuple(box.address for box in chosen if box.finess_eg != site.finess_eg)


def _residents(world: World) -> list[Resident]:
    """Persons whose record is open and whose number is sound: everyday patients, not the awkward test cases."""
    open_boxes = {
        box.person_id: box.address for box in world.boxes if box.type is BoxType.CITIZEN and box.state == "open"
    }
    return [
        Resident(_patient(person, person.ins.matricule + person.ins.key), open_boxes.get(person.id))
        for person in world.persons
        if person.ins is not None and person.ins.key and not person.outcome and person.dmp == "open" and not person.note
    ]


def _patient(person: Person, ins: str) -> Patient:
    assert person.ins is not None
    return Patient(
        ins=ins,
        oid=person.ins.oid,
        birth_name=person.birth_name,
        given_names=person.given_names,
        sex=person.sex,
        birth_date=person.birth_date,
        birth_place=person.birth_place,
        local_id="IPP" + hashlib.sha256(person.id.encode()).hexdigest()[:9].upper(),
    )


def site_of(site: Establishment) -> Site:
    """The sending side of an establishment; its own OID arc is derived from its FINESS."""
    practice, label = _PRACTICES[bool(site.fields)]
    return Site(
        finess_eg=site.finess_eg,
        finess_ej=site.finess_ej,
        name=site.name,
        root=oid_of(UUID(bytes=hashlib.sha256(site.finess_eg.encode()).digest()[:16])),
        sector=site.sector,
        sector_label=_SECTORS.get(site.sector, "Etablissement de santé"),
        practice=practice,
        practice_label=label,
        city=site.city or "PARIS",
    )


def _authors(professionals: Iterable[Professional], finess: str) -> tuple[Author, ...]:
    """The site's physicians: they write the documents."""
    return tuple(
        Author(
            one.rpps,
            one.family,
            one.given,
            f"G15_{one.profession}/{one.speciality}",
            _SPECIALITIES.get(one.speciality, "Médecin"),
        )
        for one in professionals
        if one.finess_eg == finess and one.profession == "10" and one.speciality
    )


def _habits(random: Random) -> Habits:
    """Some hospitals use the services well, some hardly."""
    zeal = random.betavariate(4, 2)
    return Habits(
        letter=0.35 + 0.6 * zeal,
        report=0.4 * zeal,
        mail=0.2 + 0.7 * zeal,
        citizen=0.7 * zeal**2,
        flaw=0.01 + 0.1 * (1 - zeal),
    )
