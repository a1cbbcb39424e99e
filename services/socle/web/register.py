"""The register of a workspace's persons, as the routes of identities use it: whom it holds, and who comes in."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from socle.control.model import Person
from socle.control.plane import ControlPlane
from socle.control.population.codec import Items
from socle.control.population.index import PopulationIndex
from socle.identities.checking import Draft, check
from socle.identities.problem import NotTaken, Problem
from socle.web.errors import not_found
from socle.web.identities import Keys, Taken, Which, views


class Register:
    """One for the process."""

    def __init__(self, control: ControlPlane) -> None:
        self._control = control

    def population(self, workspace: str) -> PopulationIndex:
        """Whom the workspace sees."""
        return self._control.population(workspace)

    def today(self, workspace: str) -> date:
        """By the workspace's clock."""
        return self._control.clock(workspace).now().date()

    def persons(self, workspace: str, which: Which) -> Iterable[Person]:
        """All of them, or those that the workspace added."""
        people = self.population(workspace)
        if which is Which.ALL:
            return people.persons
        return () if people is self.population("") else people.own_persons

    def person(self, workspace: str, person_id: str) -> Person:
        """Raises ``Refusal`` for an id that nobody has."""
        found = self.population(workspace).person(person_id)
        if found is None:
            raise not_found(f"La personne {person_id}", f"Person {person_id}")
        return found

    def keep(self, workspace: str, persons: Iterable[Person], allowed: Iterable[str] = ()) -> None:
        """Add or replace them; of ``allowed`` matricules, only hashes are kept."""
        hashes = tuple(map(self._control.patient_ref, dict.fromkeys(allowed)))
        self._control.put_people(workspace, Items(persons=tuple(persons), allowed=hashes))

    def take(
        self,
        workspace: str,
        drafts: Sequence[Draft],
        *,
        form: str,
        keys: Keys = Keys.STRICT,
        fictitious: bool = False,
        allowed: Iterable[str] = (),
        dry_run: bool = False,
        problems: Iterable[Problem] = (),
        remarks: Iterable[Problem] = (),
    ) -> Taken:
        """Check them all, and keep all or, with ``NotTaken``, none. ``problems`` and ``remarks`` were found before."""
        people = self.population(workspace)
        checked = check(
            drafts,
            people,
            self.today(workspace),
            any_key=keys is Keys.ANY,
            fictitious=fictitious,
            allowed=allowed,
        )
        found = [*problems, *checked.problems]
        if found:
            raise NotTaken(found)
        persons = [draft.person for draft in drafts]
        replaced = sum(people.person(one.id) is not None for one in persons)
        if not dry_run:
            self.keep(workspace, persons, checked.numbers)
        return Taken(
            read=len(persons),
            added=len(persons) - replaced,
            replaced=replaced,
            allowed=len(set(checked.numbers)),
            dry_run=dry_run,
            format=form,
            ids=tuple(one.id for one in persons),
            remarks=views([*remarks, *checked.remarks]),
        )


def named_so(persons: Iterable[Person], beginning: str) -> Iterator[Person]:
    """By the beginning of the birth name."""
    beginning = beginning.upper()
    return (one for one in persons if one.birth_name.startswith(beginning))
