"""People and places that the services know: the common ones, and what a test adds for itself."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from socle.identifiers.ins import OID_TEST, ins_key
from socles.testing.api import Api
from socles.testing.people import Establishment, Patient, Professional

T = TypeVar("T")
_PATH = "/_sandbox/population"
_PAGE = 50


class Population:
    """The population of one workspace."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._numbers = itertools.count(1)

    def patient(self, *, name: str | None = None, ins: str | None = None) -> Patient:
        """An everyday patient: known to INSi, with an open DMP and an open citizen's box; the same one each time.

        By birth name (its beginning) or INS (13 or 15 characters): whoever that is. Raises ``LookupError``.
        """
        return self.patients(1, name=name, ins=ins)[0]

    def patients(self, count: int, *, name: str | None = None, ins: str | None = None) -> list[Patient]:
        """The first ``count`` of them; raises ``LookupError`` when there are fewer."""
        asked = {"name": name, "ins": ins}
        chosen = (one for one in self._all("persons", **asked) if name or ins or _everyday(one))
        return _first(count, map(Patient.of, chosen), f"patients {asked}")

    def establishment(self, finess: str | None = None) -> Establishment:
        """A site that can send mail, the first one by default; raises ``LookupError``."""
        sites = (one for one in self._all("establishments") if finess in (None, one["finessEg"]))
        found = (Establishment.of(one, self._box_of(one["finessEg"])) for one in sites)
        return _first(1, (one for one in found if one.mailbox or finess), f"site {finess}")[0]

    def professional(self, *, establishment: Establishment | str | None = None) -> Professional:
        """A physician with a mailbox, of the first site or this one; raises ``LookupError``."""
        finess = establishment.finess if isinstance(establishment, Establishment) else establishment
        found = (one for one in self._all("professionals", finess=finess) if one["mailbox"] and one["speciality"])
        return _first(1, map(Professional.of, found), f"professional of {finess}")[0]

    def add_patient(
        self,
        birth_name: str,
        *given_names: str,
        sex: str = "F",
        birth_date: date = date(1980, 2, 1),
        birth_place: str = "75056",
        **more: object,
    ) -> Patient:
        """A person of this workspace's own, with a test INS (OID .10) made from the traits.

        ``more``: other members of a person in the population's JSON, such as ``dmp="closed"``,
        ``citizenMailbox="full"`` or ``outcome="02"``.
        """
        number = next(self._numbers)
        matricule = f"{1 if sex == 'M' else 2}{birth_date:%y%m}{birth_place}{number:03d}"
        key = ins_key(matricule)
        person: dict[str, object] = {
            "id": f"kit-{number}",
            "birthName": birth_name,
            "givenNames": list(given_names) or ["CAMILLE"],
            "sex": sex,
            "birthDate": birth_date.isoformat(),
            "birthPlace": birth_place,
            "ins": {"matricule": matricule, "key": key, "oid": OID_TEST},
            **more,
        }
        self.add(persons=[person])
        return self.patient(ins=matricule)

    def add_establishment(self, finess: str, name: str, *, finess_ej: str | None = None) -> Establishment:
        """A site of this workspace's own, with a box of its application."""
        siret, mailbox = f"990{finess}".ljust(14, "0")[:14], f"dpi@{finess.lower()}.mssante.example"
        site = {"finessEg": finess, "finessEj": finess_ej or finess, "name": name, "siret": siret}
        box = {"address": mailbox, "type": "APP", "label": name, "finessEg": finess}
        self.add(establishments=[site], boxes=[box])
        return self.establishment(finess)

    def add_box(self, address: str, *, establishment: Establishment | None = None, state: str = "open") -> str:
        """A mailbox of this workspace's own: ``open``, ``closed`` or ``full``; gives its address."""
        finess = establishment.finess if establishment else None
        self.add(boxes=[{"address": address, "type": "ORG", "finessEg": finess, "state": state}])
        return address

    def add(self, **items: object) -> None:
        """Whatever ``POST /_sandbox/population`` takes: ``persons``, ``establishments``, ``professionals``, ``boxes``,
        ``cards``, ``allowedIns``."""
        self._api.post(_PATH, items)

    def _box_of(self, finess: str) -> str | None:
        boxes = self._api.get(f"{_PATH}/boxes", finess=finess)
        return next((one["address"] for one in boxes if one["type"] == "APP" and one["state"] == "open"), None)

    def _all(self, kind: str, **filters: Any) -> Iterator[Mapping[str, Any]]:
        for offset in itertools.count(0, _PAGE):
            page = self._api.get(f"{_PATH}/{kind}", offset=offset, limit=_PAGE, **filters)
            yield from page
            if len(page) < _PAGE:
                return


def _everyday(person: Mapping[str, Any]) -> bool:
    ins = person["ins"]
    return (
        bool(ins and ins["key"] and ins["oid"] == OID_TEST)
        and person["knownToInsi"]
        and not person["outcome"]
        and not person["note"]
        and person["dmp"] == person["citizenMailbox"] == "open"
    )


def _first(count: int, found: Iterable[T], what: str) -> list[T]:
    chosen = list(itertools.islice(found, count))
    if len(chosen) < count:
        raise LookupError(f"population : {what} introuvable(s) / not found")
    return chosen
