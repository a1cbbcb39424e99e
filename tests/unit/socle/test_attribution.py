"""The order of domain/indicators.md §6.3, protocol by protocol."""

import pytest

from socle.attribution import (
    NOBODY,
    Attributed,
    AttributedBy,
    Attribution,
    Prefixes,
    resolve_dmp,
    resolve_insi,
    resolve_mss,
)
from socle.control.model import Box, BoxType, Establishment, EstablishmentKind, Professional

EG, EG2, EJ = "690000013", "0B0127189", "690000005"
SIRET, SIRET2 = "39172288100052", "39172288100060"


class Structures:
    """Two sites of one legal entity."""

    def __init__(self) -> None:
        self.sites = {
            eg: Establishment(eg, EJ, f"CH {eg}", EstablishmentKind.SANITARY, "355", siret)
            for eg, siret in ((EG, SIRET), (EG2, SIRET2))
        }
        self.boxes = {
            "acc@ch.mssante.example": Box("acc@ch.mssante.example", BoxType.ORG, "Accueil", finess_eg=EG),
            "dr@mssante.example": Box("dr@mssante.example", BoxType.PER, "Dr", rpps="10000000007"),
            "seul@mssante.example": Box("seul@mssante.example", BoxType.PER, "Dr", rpps="10000000015"),
        }

    def establishment(self, finess: str) -> Establishment | None:
        return self.sites.get(finess)

    def establishments_of(self, finess_ej: str) -> tuple[Establishment, ...]:
        return tuple(site for site in self.sites.values() if site.finess_ej == finess_ej)

    def establishment_by_siret(self, siret: str) -> Establishment | None:
        return next((site for site in self.sites.values() if site.siret == siret), None)

    def professional(self, rpps: str) -> Professional | None:
        return Professional(rpps, "DOE", "Zoe", "10", "SM26", EG2) if rpps == "10000000007" else None

    def box(self, address: str) -> Box | None:
        return self.boxes.get(address)


STRUCTURES = Structures()


@pytest.mark.parametrize(
    ("institution", "vihf", "certificate", "expected"),
    [
        (f"1{EG}", f"1{EG2}", None, Attribution(EG, EJ, AttributedBy.AUTHOR_INSTITUTION)),
        (f"3{SIRET2}", f"1{EG}", None, Attribution(EG2, EJ, AttributedBy.AUTHOR_INSTITUTION)),
        (f"1{EJ}", f"1{EG}", None, Attribution(None, EJ, AttributedBy.AUTHOR_INSTITUTION)),
        ("499900063480001", f"1{EG2}", f"1{EG}", Attribution(EG2, EJ, AttributedBy.VIHF)),
        (None, "1999999999", f"3{SIRET}", Attribution(EG, EJ, AttributedBy.CERTIFICATE)),
        (EG, None, None, NOBODY),
        ("1", "3", "", NOBODY),
        ("1not-a-finess", "3123", "x", NOBODY),
        (None, None, None, NOBODY),
    ],
)
def test_dmp(institution: str | None, vihf: str | None, certificate: str | None, expected: Attribution) -> None:
    answer = resolve_dmp(STRUCTURES, author_institution=institution, struct_id_nat=vihf, certificate_ou=certificate)
    assert answer == expected
    assert answer.found is (expected is not NOBODY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"3{EG}/0042", Attribution(EG, EJ, AttributedBy.AUTHOR_INSTITUTION)),
        (f"5{SIRET2}/0042", Attribution(EG2, EJ, AttributedBy.AUTHOR_INSTITUTION)),
        (f"1{EG}", NOBODY),
        ("4391722881/0042", NOBODY),
    ],
)
def test_the_other_reading_of_prefixes_can_be_chosen(text: str, expected: Attribution) -> None:
    assert resolve_dmp(STRUCTURES, author_institution=text, prefixes=Prefixes.PERSON) == expected


@pytest.mark.parametrize(
    ("certificate", "emetteur", "billing", "expected"),
    [
        (f"1{EG}", f"1{EG2}", None, Attribution(EG, EJ, AttributedBy.CERTIFICATE)),
        (None, f"1{EG2}", EG, Attribution(EG2, EJ, AttributedBy.EMETTEUR)),
        (None, "899900063480", EG, Attribution(EG, EJ, AttributedBy.IDENTIFIANT_FACTURATION)),
        (None, None, SIRET2, Attribution(EG2, EJ, AttributedBy.IDENTIFIANT_FACTURATION)),
        (None, None, EJ, Attribution(None, EJ, AttributedBy.IDENTIFIANT_FACTURATION)),
        (None, None, "999999999", NOBODY),
        (None, EG, None, NOBODY),
    ],
)
def test_insi(certificate: str | None, emetteur: str | None, billing: str | None, expected: Attribution) -> None:
    answer = resolve_insi(STRUCTURES, certificate_ou=certificate, emetteur=emetteur, identifiant_facturation=billing)
    assert answer == expected


@pytest.mark.parametrize(
    ("box", "header", "expected"),
    [
        ("ACC@ch.mssante.example ", f"1{EG2}", Attribution(EG, EJ, AttributedBy.BOX)),
        ("dr@mssante.example", None, Attribution(EG2, EJ, AttributedBy.BOX)),
        ("seul@mssante.example", f"1{EG}", Attribution(EG, EJ, AttributedBy.X_MSS)),
        ("nobody@elsewhere.example", None, NOBODY),
        (None, f"3{SIRET}", Attribution(EG, EJ, AttributedBy.X_MSS)),
    ],
)
def test_mss(box: str | None, header: str | None, expected: Attribution) -> None:
    assert resolve_mss(STRUCTURES, sending_box=box, x_mss_structure=header) == expected


def test_what_was_found_is_remembered_for_as_long_as_the_population_stays() -> None:
    asked: list[str | None] = []

    def resolver(population: object, number: str | None) -> Attribution:
        asked.append(number)
        return Attribution(number, None, AttributedBy.EMETTEUR)

    remembered, first = Attributed(resolver), Structures()
    assert remembered(first, "1") == remembered(first, "1") == Attribution("1", None, AttributedBy.EMETTEUR)
    assert remembered(first, None).finess_eg is None
    assert remembered(Structures(), "1").finess_eg == "1"
    assert asked == ["1", None, "1"]
    for _ in range(2):
        remembered(first, "9" * 500)
    assert asked[3:] == ["9" * 500] * 2, "what callers make long is not kept"
