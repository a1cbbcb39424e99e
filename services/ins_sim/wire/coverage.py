"""COUVERTURE's content, and numbers as the header and the body of WS_INS1 write them."""

from lxml import etree

from ins_sim.domain.coverage import Coverage, Matricule
from ins_sim.wire.names import local_name
from socle.soap.text import text_of


def read_coverage(block: etree._Element) -> Coverage | None:
    """None when COUVERTURE is empty, as every operation but WS_INS1 wants it."""
    if len(block) == 0:
        return None
    coverage = Coverage()
    for child in block.iterchildren("*"):
        name = local_name(child)
        if name == "ASSURE":
            for number in child.iterchildren("*"):
                if local_name(number) == "Id":
                    coverage.insured = read_matricule(number)
        elif name == "BENEFICIAIRE":
            _read_beneficiary(child, coverage)
    return coverage


def read_matricule(block: etree._Element) -> Matricule:
    """``Num`` or ``NumIdentifiant``, ``Cle``, ``TypeMatricule``, in any order."""
    matricule = Matricule()
    for child in block.iterchildren("*"):
        name = local_name(child)
        if name in ("Num", "NumIdentifiant"):
            matricule.number = text_of(child)
        elif name == "Cle":
            matricule.key = text_of(child)
        elif name == "TypeMatricule":
            matricule.kind = text_of(child)
    return matricule


def _read_beneficiary(block: etree._Element, coverage: Coverage) -> None:
    for child in block.iterchildren("*"):
        name = local_name(child)
        if name == "Nir":
            coverage.number = read_matricule(child)
        elif name == "DateNai":
            coverage.birth_date = text_of(child)
        elif name == "Rang":
            coverage.rank = text_of(child)
