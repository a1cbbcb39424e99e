"""Generated professionals and the boxes of professionals and establishments."""

from collections.abc import Iterable, Iterator
from random import Random

from socle.control.model import Box, BoxType, Establishment, EstablishmentKind, Professional
from socle.control.population.names import FAMILY_NAMES, GIVEN_NAMES
from socle.control.population.places import mail_domain, slug
from socle.identifiers.rpps import make_rpps

_POSTS = {
    "MCO": (("10", "SM26"), ("10", "SM04"), ("10", "SM54"), ("21", None), ("60", None)),
    "SMR": (("10", "SM29"), ("70", None)),
    "PSY": (("10", "SM42"), ("60", None)),
    "HAD": (("10", "SM26"), ("60", None)),
}
"""Profession (JDV_J01: G15_10 physician, 21 pharmacist, 60 nurse, 70 physiotherapist) and speciality, by field."""
_MEDICO_SOCIAL_POSTS = (("10", "SM18"), ("60", None))

_TITLES = {"10": "Dr", "21": "Ph"}


def professionals(random: Random, sites: Iterable[Establishment]) -> Iterator[Professional]:
    """A few for each site, RPPS numbers in the range of the test ones (``9990…``)."""
    number = 0
    for site in sites:
        posts = [post for name in sorted(site.fields) for post in _POSTS[name]] or list(_MEDICO_SOCIAL_POSTS)
        for profession, speciality in posts:
            number += 1
            sex = random.choice("FM")
            family, given = random.choice(FAMILY_NAMES), random.choice(GIVEN_NAMES[sex])
            rpps = make_rpps(f"9990{number:06d}")
            yield Professional(
                rpps=rpps,
                family=family,
                given=given,
                profession=profession,
                # pharmacists need one too (domain/dmp.md §2); theirs are not in JDV_J01's physician half
                speciality=speciality,
                finess_eg=site.finess_eg,
                mailbox=f"{slug(given)}.{slug(family)}.{number}@{mail_domain(site)}",
            )


def boxes(sites: Iterable[Establishment], staff: Iterable[Professional]) -> Iterator[Box]:
    """PER for each professional; ORG and APP for each site."""
    for site in sites:
        domain, label = mail_domain(site), site.name
        service = "medico-social" if site.kind is EstablishmentKind.MEDICO_SOCIAL else "admissions"
        yield Box(f"secretariat@{domain}", BoxType.ORG, f"Secrétariat, {label}", finess_eg=site.finess_eg)
        yield Box(f"{service}@{domain}", BoxType.ORG, f"{service.capitalize()}, {label}", finess_eg=site.finess_eg)
        yield Box(f"dpi@{domain}", BoxType.APP, f"Dossier patient, {label}", finess_eg=site.finess_eg)
    for one in staff:
        if one.mailbox is not None:
            title = _TITLES.get(one.profession, "PS")
            label = f"{title}_{one.given.capitalize()}_{one.family}"
            yield Box(one.mailbox, BoxType.PER, label, finess_eg=one.finess_eg, rpps=one.rpps)
