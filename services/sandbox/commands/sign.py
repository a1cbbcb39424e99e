"""``socles sign``: signed assertions and lot signatures for curl and scripts, right or wrong in one chosen way."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sandbox.commands import show
from sandbox.commands.api import opened
from sandbox.commands.options import DEFAULT_URL, AsJson, In, Url
from sandbox.commands.sign_options import (
    Attribute,
    HowSigned,
    Output,
    Profile,
    Source,
    Vitale,
    VitaleAt,
    with_how_signed,
)

app = typer.Typer(
    no_args_is_help=True, help="Assertions et lots signés, justes ou faux / signed assertions and lots, right or wrong."
)

_BASE = "/_sandbox/sign"


@app.command("vihf")
@with_how_signed
def vihf(
    *,
    how: HowSigned,
    output: Output = None,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    profile: Annotated[Profile, typer.Option(help="Authentification_mode.")] = Profile.INDIRECTE,
    structure: Annotated[str | None, typer.Option(help="Identifiant_Structure : 1 et le FINESS.")] = None,
    patient: Annotated[str | None, typer.Option(help="resource-id : INS^^^&OID&ISO^NH.")] = None,
    name_id: Annotated[str | None, typer.Option(help="Subject/NameID.")] = None,
    subject_id: Annotated[str | None, typer.Option(help="Nom affiché de l'utilisateur.")] = None,
    mode_name: Annotated[str | None, typer.Option(help="Authentification_mode ou Authentification_Mode.")] = None,
    version: Annotated[str | None, typer.Option(help="VIHF_Version.")] = None,
    sector: Annotated[str | None, typer.Option(help="SAxx.")] = None,
    profession: Annotated[str | None, typer.Option(help="Code du premier rôle : 10, 21, 60 …")] = None,
    speciality: Annotated[str | None, typer.Option(help="SMxx ; vide : sans second rôle.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Mode d'accès.")] = None,
    lps_name: str | None = None,
    lps_version: str | None = None,
    lps_approval: str | None = None,
    attribute: Attribute = None,
) -> None:
    """L'en-tête wsse:Security avec un VIHF signé, pour le DMP / the header block with a signed VIHF."""
    order = how.order() | {
        "profile": profile.value,
        "structure": structure,
        "patient": patient,
        "nameId": name_id,
        "subjectId": subject_id,
        "modeName": mode_name,
        "version": version,
        "sector": sector,
        "profession": profession,
        "purpose": purpose,
        "lpsName": lps_name,
        "lpsVersion": lps_version,
        "lpsApproval": lps_approval,
    }
    _send(url, workspace, "vihf", _given(order) | _speciality(speciality) | _attributes(attribute), output)


@app.command("assertion")
@with_how_signed
def assertion(
    *,
    how: HowSigned,
    output: Output = None,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    source: Annotated[Source, typer.Option(help="PSC : non signée.")] = Source.CPS,
    national_id: Annotated[str | None, typer.Option(help="Subject/NameID et CN de la carte : 8 et le RPPS.")] = None,
    billing_id: Annotated[str | None, typer.Option(help="identifiantFacturation : FINESS, SIRET ou n° AM.")] = None,
    speciality: Annotated[str | None, typer.Option(help="codeSpecialite ; vide : sans.")] = None,
    sector: Annotated[str | None, typer.Option(help="secteurActivite : SAxx.")] = None,
    profession: Annotated[str | None, typer.Option(help="gipProfessionCode (PSC).")] = None,
    capitalised: Annotated[bool, typer.Option("--capitalised", help="CodeSpecialite, SecteurActivite.")] = False,
    vitale: Vitale = None,
    vitale_issued_at: VitaleAt = None,
    attribute: Attribute = None,
) -> None:
    """L'en-tête wsse:Security avec une assertion pour INSi / the header block with an assertion for INSi."""
    order = how.order() | {
        "source": source.value,
        "nationalId": national_id,
        "billingId": billing_id,
        "sector": sector,
        "profession": profession,
        "capitalised": capitalised,
        "vitale": vitale,
        "vitaleIssuedAt": vitale_issued_at,
    }
    _send(url, workspace, "assertion", _given(order) | _speciality(speciality) | _attributes(attribute), output)


@app.command("lot")
def lot(
    set_id: Annotated[str, typer.Argument(metavar="LOT", help="uniqueId du lot de soumission.")],
    documents: Annotated[list[str], typer.Argument(metavar="UNIQUEID=FICHIER…", help="Les documents, dans l'ordre.")],
    *,
    output: Output = None,
    url: Url = DEFAULT_URL,
    workspace: In = None,
    structure: Annotated[str | None, typer.Option(help="OU du certificat qui signe.")] = None,
    card: Annotated[str | None, typer.Option(help="CN de la carte qui signe à sa place.")] = None,
    signed_at: Annotated[str | None, typer.Option(help="Instant avec fuseau ; sinon l'heure de l'espace.")] = None,
    flaw: Annotated[str | None, typer.Option(help="Un défaut : voir « socles sign flaws --lot ».")] = None,
) -> None:
    """La signature XAdES d'un lot (Signature01) / the signature of a submission set."""
    listed = []
    for one in documents:
        unique_id, sign, name = one.partition("=")
        if not sign:
            raise typer.BadParameter(f"UNIQUEID=FICHIER attendu, reçu {one!r}", param_hint="documents")
        listed.append({"uniqueId": unique_id, "content": base64.b64encode(Path(name).read_bytes()).decode()})
    order = {"setId": set_id, "structure": structure, "card": card, "signedAt": signed_at, "flaw": flaw}
    _send(url, workspace, "lot", {**_given(order), "documents": listed}, output)


@app.command("flaws")
def flaws(
    *,
    url: Url = DEFAULT_URL,
    lot: Annotated[bool, typer.Option("--lot", help="Ceux d'un lot, non d'une assertion.")] = False,
    as_json: AsJson = False,
) -> None:
    """Les défauts, et la règle que chacun enfreint / deliberate mistakes, and the rule that each breaks."""
    with opened(url, None) as api:
        found = api.get(f"{_BASE}/{'lot-flaws' if lot else 'flaws'}")
        if as_json:
            show.as_json(found)
            return
        show.table(
            ("défaut", "règle", "ce qui est dit"), [(one["name"], one["breaks"], one["titleFr"]) for one in found]
        )


def _given(order: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in order.items() if value is not None}


def _speciality(said: str | None) -> dict[str, object]:
    return {} if said is None else {"speciality": said or None}


def _attributes(said: list[str] | None) -> dict[str, object]:
    """``Name=value``, or ``Name`` alone to leave it out."""
    parts = [one.partition("=") for one in said or ()]
    return {"attributes": {name: value if sign else None for name, sign, value in parts}} if parts else {}


def _send(url: str, workspace: str | None, what: str, order: dict[str, object], output: Path | None) -> None:
    with opened(url, workspace) as api:
        content = api.ask("POST", f"{_BASE}/{what}", json=order).content
        if output is None:
            typer.echo(content.decode())
        else:
            output.write_bytes(content)
