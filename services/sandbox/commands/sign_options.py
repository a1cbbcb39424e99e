"""Options of ``socles sign``: profiles, and how an assertion is signed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Digest(StrEnum):
    """Of the signature."""

    SHA256 = "sha256"
    SHA1 = "sha1"


class Profile(StrEnum):
    """Of a VIHF."""

    DIRECTE = "DIRECTE"
    INDIRECTE = "INDIRECTE"
    INDIRECTE_RENFORCEE = "INDIRECTE_RENFORCEE"


class Source(StrEnum):
    """Of INSi's assertion."""

    CPS = "CPS"
    PSC = "PSC"


Output = Annotated[
    Path | None, typer.Option("--output", "-o", dir_okay=False, help="Fichier à écrire ; sinon la sortie standard.")
]
Hash = Annotated[Digest, typer.Option("--digest", help="De la signature et de la référence.")]
Prefix = Annotated[str | None, typer.Option(help="Préfixe SAML ; vide : espace de noms par défaut.")]
Prefixes = Annotated[list[str] | None, typer.Option("--inclusive", help="Préfixe de PrefixList (répétable).")]
Last = Annotated[bool, typer.Option("--last", help="La signature en dernier dans l'assertion.")]
Identifier = Annotated[str | None, typer.Option("--id", help="ID de l'assertion ; sinon un neuf.")]
At = Annotated[str | None, typer.Option("--issued-at", help="Instant avec fuseau ; sinon l'heure de l'espace.")]
Valid = Annotated[float | None, typer.Option("--valid-seconds", help="Avec Conditions, pour tant de secondes.")]
Issuer = Annotated[str | None, typer.Option(help="Issuer ; sinon le sujet du certificat.")]
Signer = Annotated[str | None, typer.Option(help="OU ou CN du certificat ; sinon comme le dit l'assertion.")]
Flawed = Annotated[str | None, typer.Option("--flaw", help="Un défaut : voir « socles sign flaws ».")]
Vitale = Annotated[
    str | None,
    typer.Option(metavar="CARTE", help="Carte Vitale virtuelle (id ou n° de l'assuré) : y joindre son assertion."),
]
VitaleAt = Annotated[str | None, typer.Option(help="Instant de l'assertion Vitale ; sinon celui de l'autre.")]
Attribute = Annotated[
    list[str] | None,
    typer.Option("--attribute", "-a", help="Nom=valeur : autre valeur ; Nom : l'omettre (répétable)."),
]
