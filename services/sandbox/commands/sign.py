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
    At,
    Attribute,
    Digest,
    Flawed,
    Hash,
    Identifier,
    Issuer,
    Last,
    Output,
    Prefix,
    Prefixes,
    Profile,
    Signer,
    Source,
    Valid,
    Vitale,
    VitaleAt,
)

app = typer.Typer(
    no_args_is_help=True, help="Assertions et lots signés, justes ou faux / signed assertions and lots, right or wrong."
)

_BASE = "/_sandbox/sign"


@app.command("vihf")
def vihf(
    *,
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
    digest: Hash = Digest.SHA256,
    prefix: Prefix = None,
    inclusive: Prefixes = None,
    last: Last = False,
    identifier: Identifier = None,
    issued_at: At = None,
    valid_seconds: Valid = None,
    issuer: Issuer = None,
    signer: Signer = None,
    flaw: Flawed = None,
) -> None:
    """L'en-tête wsse:Security avec un VIHF signé, pour le DMP / the header block with a signed VIHF."""
    order = _signature(
        digest=digest,
        prefix=prefix,
        inclusive=inclusive,
        last=last,
        identifier=identifier,
        issued_at=issued_at,
        valid_seconds=valid_seconds,
        issuer=issuer,
        signer=signer,
        flaw=flaw,
    )
    order |= {
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
def assertion(
    *,
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
    digest: Hash = Digest.SHA256,
    prefix: Prefix = None,
    inclusive: Prefixes = None,
    last: Last = False,
    identifier: Identifier = None,
    issued_at: At = None,
    valid_seconds: Valid = None,
    issuer: Issuer = None,
    signer: Signer = None,
    flaw: Flawed = None,
) -> None:
    """L'en-tête wsse:Security avec une assertion pour INSi / the header block with an assertion for INSi."""
    order = _signature(
        digest=digest,
        prefix=prefix,
        inclusive=inclusive,
        last=last,
        identifier=identifier,
        issued_at=issued_at,
        valid_seconds=valid_seconds,
        issuer=issuer,
        signer=signer,
        flaw=flaw,
    )
    order |= {
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
    flaw: Annotated[str | None, typer.Option(help="wrong-digest, wrong-value ou missing-document.")] = None,
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
def flaws(*, url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Les défauts, et la règle que chacun enfreint / deliberate mistakes, and the rule that each breaks."""
    with opened(url, None) as api:
        found = api.get(f"{_BASE}/flaws")
        if as_json:
            show.as_json(found)
            return
        show.table(
            ("défaut", "règle", "ce qui est dit"), [(one["name"], one["breaks"], one["titleFr"]) for one in found]
        )


def _signature(
    *,
    digest: Digest,
    prefix: str | None,
    inclusive: list[str] | None,
    last: bool,
    identifier: str | None,
    issued_at: str | None,
    valid_seconds: float | None,
    issuer: str | None,
    signer: str | None,
    flaw: str | None,
) -> dict[str, object]:
    return {
        "digest": digest.value,
        "prefix": prefix,
        "prefixes": inclusive,
        "last": last,
        "id": identifier,
        "issuedAt": issued_at,
        "validSeconds": valid_seconds,
        "issuer": issuer,
        "signer": signer,
        "flaw": flaw,
    }


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
