"""Options of ``socles sign``: profiles, and how an assertion is signed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

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
Vitale = Annotated[
    str | None,
    typer.Option(metavar="CARTE", help="Carte Vitale virtuelle (id ou n° de l'assuré) : y joindre son assertion."),
]
VitaleAt = Annotated[str | None, typer.Option(help="Instant de l'assertion Vitale ; sinon celui de l'autre.")]
Attribute = Annotated[
    list[str] | None,
    typer.Option("--attribute", "-a", help="Nom=valeur : autre valeur ; Nom : l'omettre (répétable)."),
]


@dataclass(frozen=True, slots=True)
class HowSigned:
    """How an assertion is signed, whatever it says: the options that all commands for assertions share."""

    digest: Annotated[Digest, typer.Option("--digest", help="De la signature et de la référence.")] = Digest.SHA256
    prefix: Annotated[str | None, typer.Option(help="Préfixe SAML ; vide : espace de noms par défaut.")] = None
    inclusive: Annotated[list[str] | None, typer.Option("--inclusive", help="Préfixe de PrefixList (répétable).")] = (
        None
    )
    last: Annotated[bool, typer.Option("--last", help="La signature en dernier dans l'assertion.")] = False
    identifier: Annotated[str | None, typer.Option("--id", help="ID de l'assertion ; sinon un neuf.")] = None
    issued_at: Annotated[
        str | None, typer.Option("--issued-at", help="Instant avec fuseau ; sinon l'heure de l'espace.")
    ] = None
    valid_seconds: Annotated[
        float | None, typer.Option("--valid-seconds", help="Avec Conditions, pour tant de secondes.")
    ] = None
    issuer: Annotated[str | None, typer.Option(help="Issuer ; sinon le sujet du certificat.")] = None
    signer: Annotated[str | None, typer.Option(help="OU ou CN du certificat ; sinon comme le dit l'assertion.")] = None
    flaw: Annotated[str | None, typer.Option("--flaw", help="Un défaut : voir « socles sign flaws ».")] = None

    def order(self) -> dict[str, object]:
        """As the API wants it; what is None is left out there."""
        names = {"inclusive": "prefixes", "identifier": "id", "issued_at": "issuedAt", "valid_seconds": "validSeconds"}
        return {names.get(name, name): getattr(self, name) for name in _HOW}


_HOW = tuple(HowSigned.__dataclass_fields__)


def with_how_signed(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` as Typer sees it: the options of :class:`HowSigned` in the place of its parameter ``how``."""
    hints = get_type_hints(HowSigned, include_extras=True)
    defaults = HowSigned()
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=getattr(defaults, name), annotation=hints[name])
        for name in _HOW
    ]
    own = signature(command, eval_str=True)
    kept = [one for one in own.parameters.values() if one.name != "how"]

    @wraps(command)
    def run(**given: Any) -> None:
        command(how=HowSigned(**{name: given.pop(name) for name in _HOW}), **given)

    parameters = [*kept, *options]
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    del run.__wrapped__
    return run
