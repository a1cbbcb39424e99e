"""The content of an INS datamatrix, written: header, then a block for each trait, GS after those that vary."""

from dataclasses import dataclass
from typing import Final

from socle.control.model import Person
from socle.identifiers.ins import ins_key
from socle.identities.problem import refused

HEADER: Final = "IS01" + "0" * 22
GS: Final = "\x1d"


@dataclass(frozen=True, slots=True)
class Block:
    """One trait: its mark, its name in JSON, and how long it may be."""

    mark: str
    name: str
    least: int
    most: int
    mandatory: bool = True

    @property
    def varies(self) -> bool:
        return self.least != self.most


BLOCKS: Final = (
    Block("S1", "matricule", 15, 15),
    Block("S2", "oid", 19, 20),
    Block("S3", "givenNames", 1, 100),
    Block("S4", "birthName", 1, 100),
    Block("S5", "sex", 1, 1),
    Block("S6", "birthDate", 10, 10),
    Block("S7", "birthPlace", 5, 5, mandatory=False),
)
BY_MARK: Final = {block.mark: block for block in BLOCKS}


def payload(person: Person) -> str:
    """Raises ``NotTaken`` when the person has no qualified identity, or a trait does not fit."""
    number = person.ins
    if number is None or not person.known_to_insi or person.outcome not in (None, "00"):
        raise refused(
            "datamatrix.not-qualified",
            "Pas de datamatrix : seule une identité qualifiée, donc avec le matricule qu'INSi a donné, en a un.",
            "No datamatrix: only a qualified identity has one, with the number that INSi gave.",
            status=409,
        )
    values = {
        "S1": number.matricule + (number.key or ins_key(number.matricule)),
        "S2": number.oid,
        "S3": " ".join(person.given_names),
        "S4": person.birth_name,
        "S5": person.sex,
        "S6": f"{person.birth_date:%d-%m-%Y}",
        "S7": person.birth_place or "",
    }
    return written({mark: value for mark, value in values.items() if value})


def written(values: dict[str, str]) -> str:
    """``values`` by mark, in their order. Raises ``NotTaken`` for one that does not fit."""
    content = HEADER
    last = list(values)[-1]
    for mark, value in values.items():
        block = BY_MARK[mark]
        if not block.least <= len(value) <= block.most:
            raise refused(
                "datamatrix.length",
                f"{mark} ({block.name}) a {len(value)} caractères : {block.least} à {block.most} attendus.",
                f"{mark} ({block.name}) has {len(value)} characters: {block.least} to {block.most} are expected.",
                where=block.name,
                status=409,
            )
        ended = GS if block.varies and len(value) < block.most and mark != last else ""
        content += f"{mark}{value}{ended}"
    return content
