"""Options of ``socles identity``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """Of a file of persons."""

    CSV = "csv"
    FHIR = "fhir"
    NDJSON = "ndjson"


class OnePerson(StrEnum):
    """How one person is shown."""

    TABLE = "table"
    FHIR = "fhir"
    HL7V2 = "hl7v2"
    CDA = "cda"
    CSV = "csv"


class Which(StrEnum):
    """Whom to list or export."""

    ALL = "all"
    ADDED = "added"


class Separator(StrEnum):
    """Of a CSV."""

    SEMICOLON = ";"
    COMMA = ","
    TAB = "tab"


class Encoding(StrEnum):
    """Of a CSV."""

    UTF8 = "utf-8"
    UTF8_BOM = "utf-8-sig"
    LATIN1 = "windows-1252"


class Headers(StrEnum):
    """Names of a CSV's columns."""

    FRENCH = "fr"
    ENGLISH = "en"


class Status(StrEnum):
    """Code system of identityStatus."""

    IDENTITY_STATUS = "identity-status"
    V2_0445 = "v2-0445"


class Oid(StrEnum):
    """Of generated numbers."""

    TEST = "test"
    DEMO = "demo"
    PRODUCTION = "production"


class Image(StrEnum):
    """Of a datamatrix."""

    PNG = "png"
    SVG = "svg"
    PAYLOAD = "payload"


IdentityId = Annotated[str, typer.Argument(metavar="IDENTIFIANT", help="De la personne, dans l'espace.")]
Given = Annotated[list[str], typer.Argument(metavar="PRÉNOM…", help="Dans l'ordre de l'état civil.")]
Sex = Annotated[str, typer.Option(help="M ou F.")]
Born = Annotated[str, typer.Option(help="Date de naissance, AAAA-MM-JJ.")]
Place = Annotated[str | None, typer.Option(help="COG du lieu de naissance : 63220, 2A004, 99350 …")]
Output = Annotated[
    Path | None, typer.Argument(metavar="[FICHIER]", dir_okay=False, help="À écrire ; sinon la sortie standard.")
]
FileForm = Annotated[Form | None, typer.Option("--format", help="Sinon d'après le nom du fichier.")]
Whose = Annotated[Which, typer.Option(help="added : celles que l'espace a ajoutées.")]
KeysAny = Annotated[bool, typer.Option("--keys-any", help="Garder les matricules à clé fausse.")]
Fictitious = Annotated[
    bool,
    typer.Option("--fictitious", help="Attester que les matricules de production (.8, .9) ne sont à personne."),
]
Transliterate = Annotated[bool, typer.Option("--transliterate", help="É → E, Œ → OE, ’ → ', capitales.")]
Sorts = Annotated[list[str] | None, typer.Option(help="twins, homonyms, nia, history … (répétable) ; sinon toutes.")]
Keep = Annotated[bool, typer.Option("--keep/--tell", help="Les ajouter, ou seulement les dire.")]
Separated = Annotated[Separator, typer.Option(help="Du CSV.")]
CsvEncoding = Annotated[Encoding, typer.Option(help="Du CSV.")]
HeadersIn = Annotated[Headers, typer.Option("--headers", help="Langue des en-têtes du CSV.")]
Codes = Annotated[Status, typer.Option(help="Système de codes du statut de l'identité (FHIR).")]
