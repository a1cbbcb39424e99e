"""``/_sandbox/sign``: assertions and lot signatures for testers, right, or wrong in one chosen way."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Body, Response

from socle.assertions.making.crafting import FLAWS, Flaw, crafted
from socle.assertions.making.insi import Source, insi_assertion
from socle.assertions.making.lot import Hashed, Identity, hashed, is_dicom, lot_signature
from socle.assertions.making.lot_flaw import LotFlaw, spoilt
from socle.assertions.making.lot_spoiling import LOT_FLAWS
from socle.assertions.making.saml import Told
from socle.assertions.making.signers import Signers
from socle.assertions.making.vihf import vihf
from socle.assertions.making.vitale import beside, vitale_assertion
from socle.control.plane import ControlPlane
from socle.exchange import new_id
from socle.ground import Ground
from socle.pki.issuing import Holder
from socle.pki.kinds import Kind, Subject
from socle.pki.wiring import make_pki
from socle.rules import REGISTRY
from socle.soap import xml
from socle.soap.refusal import XmlRefused
from socle.web.errors import Refusal
from socle.web.model import Current
from socle.web.routes.sign_orders import FlawView, InsiOrder, LotOrder, Signature, VihfOrder

_XML = "application/xml"
_PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
_VIHFS = {
    "a right one": {"value": {"structure": "1699050001", "patient": _PATIENT}},
    "wrapped": {"value": {"structure": "1699050001", "patient": _PATIENT, "flaw": "wrapped"}},
}
_INSIS = {
    "a card's": {"value": {"nationalId": "899900000010"}},
    "with a Vitale card": {"value": {"nationalId": "899900000010", "vitale": "insi-01"}},
    "an old one": {"value": {"flaw": "expired-assertion"}},
}

_LOTS = {
    "one document": {
        "value": {"setId": "2.25.1", "documents": [{"uniqueId": "2.25.2", "content": "PENsaW5pY2FsRG9jdW1lbnQvPg=="}]}
    }
}


def router(ground: Ground, control: ControlPlane) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/sign", tags=["sign"])
    signers = Signers(make_pki(ground.settings))

    def told(order: Signature, workspace: str) -> Told:
        issued = order.issued_at or control.clock(workspace).now()
        until = issued + timedelta(seconds=order.valid_seconds) if order.valid_seconds is not None else None
        identifier = order.id or f"_{new_id()}"
        return Told(identifier, issued, order.issuer or "", issued if until else None, until, order.prefix)

    def signer(kind: Kind, subject: Subject, flaw: Flaw | LotFlaw | None) -> Holder:
        return signers.find(flaw.kind(kind) if flaw else kind, subject, flaw.certificate if flaw else None)

    def with_card(header: str, order: InsiOrder, workspace: str) -> str:
        if order.vitale is None:
            return header
        people = control.population(workspace)
        card = people.card(order.vitale) or people.card_of(order.vitale)
        if card is None:
            raise Refusal(
                404,
                "sign.card",
                f"Carte Vitale inconnue : {order.vitale!r}.",
                f"Unknown Vitale card: {order.vitale!r}.",
            )
        issued = order.vitale_issued_at or order.issued_at or control.clock(workspace).now()
        said = Told(f"_{new_id()}", issued, f"CN={card.id}", prefix=order.prefix)
        return beside(header, vitale_assertion(said, card.insured + card.key))

    async def made(
        order: Signature,
        workspace: str,
        write: Callable[[Told], str],
        signing: tuple[Kind, Subject] | None,
        after: Callable[[str], str] = str,
    ) -> Response:
        flaw = _flaw(order.flaw, FLAWS)
        said = told(order, workspace)

        def make() -> str:
            holder = signer(*signing, flaw) if signing is not None else None
            return after(crafted(write, said, holder, order.style(), flaw))

        return Response(await asyncio.to_thread(make), media_type=_XML, headers={"Cache-Control": "no-store"})

    @api.post("/vihf", response_class=Response)
    async def sign_vihf(workspace: Current, order: Annotated[VihfOrder, Body(openapi_examples=_VIHFS)]) -> Response:
        """The header block ``wsse:Security`` with a signed VIHF, ready to be pasted into a request to the DMP."""
        return await made(order, workspace.name, lambda one: vihf(one, order.said()), order.signing())

    @api.post("/assertion", response_class=Response)
    async def sign_assertion(
        workspace: Current, order: Annotated[InsiOrder, Body(openapi_examples=_INSIS)]
    ) -> Response:
        """The same for INSi: signed by a card, or unsigned from Pro Santé Connect; with a Vitale card's beside it."""
        signing = order.signing() if order.source is Source.CPS else None
        if signing is None and order.flaw is not None:
            raise Refusal(
                400,
                "sign.unsigned",
                "L'assertion de Pro Santé Connect n'est pas signée : rien à y fausser.",
                "Pro Santé Connect's assertion is unsigned: there is nothing to spoil.",
            )
        return await made(
            order,
            workspace.name,
            lambda one: insi_assertion(one, order.said()),
            signing,
            lambda header: with_card(header, order, workspace.name),
        )

    @api.post("/lot", response_class=Response)
    async def sign_lot(workspace: Current, order: Annotated[LotOrder, Body(openapi_examples=_LOTS)]) -> Response:
        """The XAdES signature of a submission set: the document of its Signature01 entry."""
        flaw = _flaw(order.flaw, LOT_FLAWS)
        signed_at = order.signed_at or control.clock(workspace.name).now()

        def make() -> bytes:
            documents = [_hashed(one.unique_id, one.content) for one in order.documents]
            holder = signer(*order.signing(), flaw)
            at = flaw.signed_at(signed_at) if flaw is not None else signed_at
            made = lot_signature(order.set_id, documents, at, Identity(holder.certificate, holder.key))
            return spoilt(made, holder.key, flaw) if flaw is not None else made

        return Response(await asyncio.to_thread(make), media_type=_XML)

    @api.get("/flaws")
    def flaws() -> list[FlawView]:
        """Deliberate mistakes of assertions, each with the rule that it breaks."""
        return [_view(flaw) for flaw in FLAWS.values()]

    @api.get("/lot-flaws")
    def lot_flaws() -> list[FlawView]:
        """Deliberate mistakes of lot signatures, each with the rule that it breaks."""
        return [_view(flaw) for flaw in LOT_FLAWS.values()]

    return api


def _hashed(unique_id: str, content: bytes) -> Hashed:
    try:
        if not is_dicom(content):
            xml.parse(content, part=unique_id)
        return hashed(unique_id, content)
    except XmlRefused as refused:
        raise Refusal(400, "sign.document", refused.reason, str(refused)) from refused
    except ValueError as error:
        fr, en = f"Sans forme canonique : {error}", f"Without a canonical form: {error}"
        raise Refusal(400, "sign.document", fr, en) from error


F = TypeVar("F", Flaw, LotFlaw)


def _flaw(name: str | None, known: Mapping[str, F]) -> F | None:
    if name is None:
        return None
    found = known.get(name)
    if found is None:
        said = f"Défaut inconnu : {name!r}. Connus : {', '.join(known)}."
        raise Refusal(404, "sign.flaw", said, f"Unknown flaw: {name!r}.")
    return found


def _view(flaw: Flaw | LotFlaw) -> FlawView:
    try:
        rule = REGISTRY[flaw.breaks]
    except KeyError:  # of a service that is not in this process
        return FlawView(name=flaw.name, breaks=flaw.breaks, title_fr="", title_en="")
    return FlawView(name=flaw.name, breaks=flaw.breaks, title_fr=rule.title_fr, title_en=rule.title_en)
