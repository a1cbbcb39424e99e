"""Look-ups over people and places, all in memory: ``socle.control.port.Population``."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import TypeVar

from socle.control.known import known_fictitious
from socle.control.model import Box, BoxType, Establishment, InsNumber, Person, Professional, VitaleCard
from socle.control.population.cards import CardShelf
from socle.control.population.codec import Items
from socle.control.population.families import insured_for, own_card
from socle.control.population.roster import Roster, roster
from socle.identifiers.ins import Ins, ins_key

CITIZEN_DOMAIN = "patient.mssante.fr"

PatientRef = Callable[[str], str]
T = TypeVar("T")


class PopulationIndex:
    """One set of people and places; over ``base``, it adds and replaces by id, FINESS, RPPS or address."""

    def __init__(self, items: Items, patient_ref: PatientRef, base: "PopulationIndex | None" = None) -> None:
        self._patient_ref = patient_ref
        self._base = base
        self._persons: Roster = roster(items.persons)
        self._sites = {site.finess_eg: site for site in items.establishments}
        self._professionals = {professional.rpps: professional for professional in items.professionals}
        self._allowed = frozenset(items.allowed)
        self._boxes = {box.address: box for box in items.boxes}
        self._domains = frozenset(address.rpartition("@")[2] for address in self._boxes)
        self._by_ej: dict[str, list[Establishment]] = {}
        for site in items.establishments:
            self._by_ej.setdefault(site.finess_ej, []).append(site)
        self._by_siret = {site.siret: site for site in items.establishments}
        self._shelf: CardShelf = CardShelf(items.cards, base._shelf if base is not None else None)

    def person(self, person_id: str) -> Person | None:
        """By the population's own id."""
        found = self._persons.named(person_id)
        return found if found is not None or self._base is None else self._base.person(person_id)

    def person_by_ins(self, matricule: str) -> Person | None:
        """By the 13- or 15-character matricule, present or past."""
        found = self._persons.numbered(matricule[:13])
        if found is None and self._base is not None:
            found = self._base.person_by_ins(matricule)
            if found is not None and found.id in self._persons:
                return None
        return found

    def persons_by_birth(self, birth_name: str, sex: str, birth_date: date) -> tuple[Person, ...]:
        """All persons with exactly this birth name, sex and birth date."""
        own = self._persons.born(birth_name, sex, birth_date)
        if self._base is None:
            return tuple(own)
        inherited = self._base.persons_by_birth(birth_name, sex, birth_date)
        return (*(person for person in inherited if person.id not in self._persons), *own)

    def box(self, address: str) -> Box | None:
        """By address, in any case."""
        address = address.lower()
        found = self._boxes.get(address) or self._citizen_box(address)
        if found is None and self._base is not None:
            found = self._base.box(address)
            if found is not None and found.person_id in self._persons:
                return None
        return found

    def serves(self, domain: str) -> bool:
        """Whether somebody has a box in this mail domain."""
        if domain == CITIZEN_DOMAIN or domain in self._domains:
            return True
        return self._base is not None and self._base.serves(domain)

    def _citizen_box(self, address: str) -> Box | None:
        person = self._persons.numbered(address[:13].upper()) if address.endswith(f"@{CITIZEN_DOMAIN}") else None
        box = citizen_box(person) if person is not None else None
        return box if box is not None and box.address == address else None

    def card_of(self, insured: str) -> VitaleCard | None:
        """The Vitale card of an insured person, by his 13- or 15-character number."""
        held = self._shelf.of(insured[:13])
        if held is not None:
            return held
        person = self.person_by_ins(insured)
        card = own_card(person, self.person) if person is not None else None
        return card if card is not None and card.insured == insured[:13] else None

    def card(self, card_id: str) -> VitaleCard | None:
        """By its id; ``card-<person's id>`` of one that follows from a person."""
        held = self._shelf.named(card_id)
        if held is not None or not card_id.startswith("card-"):
            return held
        person = self.person(card_id.removeprefix("card-"))
        return self._own_card(person) if person is not None else None

    def cards_naming(self, person: Person) -> Iterator[VitaleCard]:
        """On which he stands, insured or beneficiary."""
        yield from (card for card in self._shelf if any(one.person_id == person.id for one in card.holders))
        yield from (card for one in insured_for(person, self.person) if (card := self._own_card(one)) is not None)

    @property
    def cards(self) -> Iterator[VitaleCard]:
        """Those that are held, then those that follow from the persons."""
        yield from self._shelf
        yield from (card for one in self.persons if (card := self._own_card(one)) is not None)

    def _own_card(self, person: Person) -> VitaleCard | None:
        """None also where another card is held under the same number."""
        card = own_card(person, self.person)
        return card if card is not None and self._shelf.of(card.insured) is None else None

    def establishment(self, finess: str) -> Establishment | None:
        """By FINESS of the site (EG)."""
        found = self._sites.get(finess)
        return found if found is not None or self._base is None else self._base.establishment(finess)

    def establishments_of(self, finess_ej: str) -> tuple[Establishment, ...]:
        """The sites of a legal entity (EJ); empty when the number is not one."""
        own = self._by_ej.get(finess_ej, ())
        if self._base is None:
            return tuple(own)
        inherited = self._base.establishments_of(finess_ej)
        return (*(site for site in inherited if site.finess_eg not in self._sites), *own)

    def establishment_by_siret(self, siret: str) -> Establishment | None:
        found = self._by_siret.get(siret)
        if found is None and self._base is not None:
            found = self._base.establishment_by_siret(siret)
            if found is not None and found.finess_eg in self._sites:
                return None
        return found

    def professional(self, rpps: str) -> Professional | None:
        found = self._professionals.get(rpps)
        return found if found is not None or self._base is None else self._base.professional(rpps)

    @property
    def own_persons(self) -> Iterable[Person]:
        """Without those of the set that this one lies over."""
        return self._persons

    @property
    def persons(self) -> Iterable[Person]:
        """Those of this set, replaced ones included, come last."""
        if self._base is None:
            return self._persons
        return chain((one for one in self._base.persons if one.id not in self._persons), self._persons)

    @property
    def establishments(self) -> Iterable[Establishment]:
        return self._all(self._sites, lambda base: base._sites)

    @property
    def professionals(self) -> Iterable[Professional]:
        return self._all(self._professionals, lambda base: base._professionals)

    @property
    def boxes(self) -> Iterable[Box]:
        """Citizen boxes included."""
        own = self._boxes
        if self._base is not None:
            for box in self._base.boxes:
                if box.person_id not in self._persons and box.address not in own and not self._citizen_box(box.address):
                    yield box
        yield from (box for box in map(citizen_box, self._persons) if box is not None and box.address not in own)
        yield from own.values()

    def accepts_ins(self, ins: Ins) -> bool:
        """D11: False for a production OID with a valid key that is neither fictitious, imported nor allow-listed."""
        if not ins.is_production or not ins.key_is_valid or self.person_by_ins(ins.matricule) is not None:
            return True
        if ins.matricule in known_fictitious() or self._shelf.holds(ins.matricule):
            return True
        return self._allows(self._patient_ref(ins.matricule))

    def _allows(self, digest: str) -> bool:
        return digest in self._allowed or (self._base is not None and self._base._allows(digest))

    def _all(self, own: dict[str, T], of: Callable[["PopulationIndex"], dict[str, T]]) -> list[T]:
        if self._base is None:
            return list(own.values())
        return list({**of(self._base), **own}.values())


def citizen_box(person: Person) -> Box | None:
    """``<INS>@patient.mssante.fr`` of a person who has a number and a box."""
    if person.ins is None or person.citizen_mailbox == "none":
        return None
    return Box(
        citizen_address(person.ins),
        BoxType.CITIZEN,
        f"{person.given_names[0]} {person.birth_name}",
        person_id=person.id,
        state=person.citizen_mailbox,
    )


def citizen_address(number: InsNumber) -> str:
    """The citizen's mail address: 15 characters, lower case (domain/mssante.md §1.2)."""
    return f"{number.matricule}{number.key or ins_key(number.matricule)}@{CITIZEN_DOMAIN}".lower()
