"""The common population from a seed: published identities first, then places, staff, boxes and patients."""

from itertools import chain
from random import Random

from socle.control.population.codec import Items
from socle.control.population.packed import held
from socle.control.population.people import People
from socle.control.population.places import establishments
from socle.control.population.published import published
from socle.control.population.published_cards import published_cards
from socle.control.population.staff import boxes, professionals


def generate(*, seed: int, sites: int, patients_per_site: int) -> Items:
    """Deterministic: the same arguments give the same people, on every machine and Python version we support.

    Each sort of thing draws from its own generator, so that more patients do not rename the hospitals.
    """

    def random(what: str) -> Random:
        return Random(f"{seed}:{what}")  # noqa: S311 - nothing secret is drawn

    places = tuple(establishments(random("places"), sites))
    staff = tuple(professionals(random("staff"), places))
    patients = People(random("people")).take(sites * patients_per_site)
    return Items(
        persons=held(chain((identity.person for identity in published()), patients)),
        establishments=places,
        professionals=staff,
        boxes=tuple(boxes(places, staff)),
        cards=published_cards(),
    )
