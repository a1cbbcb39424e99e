"""``/_sandbox/pki``: the sandbox's authorities, certificates of every kind right or wrong, and their revocation."""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from cryptography import x509
from cryptography.x509.oid import NameOID
from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import Field

from socle.ground import Ground
from socle.pki.files import PASSWORD, certificates_pem, java_truststore, p12, pem
from socle.pki.folder import Pki
from socle.pki.kinds import CLIENTS, Flaw, Kind, Subject
from socle.pki.names import Range
from socle.pki.revocation import answer_ocsp, crl
from socle.pki.wiring import make_pki
from socle.web.errors import Refusal, not_found
from socle.web.invalid import worded
from socle.web.model import Json
from socle.web.routes.workspaces import NAME

_LONGEST_OCSP = 4096
_WHO = Subject()
_PEM, _P12 = "application/x-pem-file", "application/x-pkcs12"
_EXAMPLES = {
    "INSi, a structure": {"value": {"kind": "insi-auto", "structure": "1690000013", "format": "p12"}},
    "a revoked one": {"value": {"kind": "org-auth-cli", "flaw": "revoked"}},
}
SERIAL = worded(
    r"^[0-9a-f]{1,40}$",
    "un numéro de série, 1 à 40 chiffres hexadécimaux en minuscules (socles pki list)",
    "a serial number, 1 to 40 hexadecimal digits in lower case (socles pki list)",
)
STRUCTURE = worded(
    r"^(1[0-9AB]{9}|3\d{14}|[0-9A-B]{10})$",
    "1 et le FINESS (10 caractères en tout), ou 3 et le SIRET (15 chiffres en tout)",
    "1 and the FINESS (10 characters in all), or 3 and the SIRET (15 digits in all)",
)
CARD = worded(
    r"^[0-9A-Z/]{5,20}$",
    "5 à 20 caractères parmi 0-9, A-Z et « / » : 8 et le RPPS d'ordinaire",
    "5 to 20 characters of 0-9, A-Z and '/': 8 and the RPPS as a rule",
)
HOST = worded(
    r"^(\*\.)?[A-Za-z0-9.-]{1,250}$",
    "un nom d'hôte ou une adresse, « *. » devant au besoin",
    "a host name or an address, '*.' before it if need be",
)


class Format(StrEnum):
    """Of a certificate and its key."""

    PEM = "pem"
    P12 = "p12"
    P12_OLD = "p12-old"
    """3DES and SHA-1: Java 8, older Windows."""


class Order(Json):
    """A certificate to make."""

    kind: Kind
    flaw: Annotated[Flaw | None, Field(description="Make it wrong in this way")] = None
    format: Format = Format.PEM
    password: Annotated[str, Field(min_length=1, max_length=64, description="Of the PKCS#12 file")] = PASSWORD
    organisation: Annotated[str, Field(min_length=1, max_length=64)] = _WHO.organisation
    structure: Annotated[
        str,
        Field(pattern=STRUCTURE, description="OU: 1 and the FINESS, or 3 and the SIRET"),
    ] = _WHO.structure
    national_id: Annotated[str, Field(pattern=CARD, description="CN of a card")] = _WHO.national_id
    family: Annotated[str, Field(min_length=1, max_length=64)] = _WHO.family
    given: Annotated[str, Field(min_length=1, max_length=64)] = _WHO.given
    profession: Annotated[str, Field(min_length=1, max_length=64)] = _WHO.profession
    hosts: Annotated[
        list[Annotated[str, Field(pattern=HOST)]],
        Field(max_length=50, description="More names of a server"),
    ] = Field(default_factory=list)
    workspace: Annotated[
        str | None, Field(pattern=NAME, description="Of a client's certificate: the workspace that its calls go to")
    ] = None

    def subject(self) -> Subject:
        return Subject(
            self.organisation,
            self.structure,
            self.national_id,
            self.family,
            self.given,
            self.profession,
            tuple(self.hosts),
            self.workspace or "",
        )


class CertificateView(Json):
    """A leaf that was issued."""

    serial: Annotated[str, Field(description="Hexadecimal")]
    subject: str
    common_name: str
    issuer: str
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None


def router(ground: Ground) -> APIRouter:
    """Made once for each process; the chain is made when it is first asked for."""
    api = APIRouter(prefix="/_sandbox/pki", tags=["pki"])
    pki = make_pki(ground.settings)

    def ready() -> Pki:
        pki.prepare()
        return pki

    @api.get("/ca.pem", response_class=Response)
    def authorities() -> Response:
        """Roots and intermediates, to trust."""
        chain = ready()
        found = [*map(chain.root, Range), *map(chain.intermediate, Range)]
        return Response(certificates_pem(found), media_type=_PEM)

    @api.get("/truststore.p12", response_class=Response)
    def truststore() -> Response:
        """The roots as a Java trust store; its password is ``socles``."""
        chain = ready()
        return Response(java_truststore((range_.value, chain.root(range_)) for range_ in Range), media_type=_P12)

    @api.get("/{range_}.crl", response_class=Response)
    def revocations(range_: Annotated[Range, Path()]) -> Response:
        """The range's list of revoked certificates, DER."""
        return Response(crl(ready(), range_), media_type="application/pkix-crl")

    @api.post("/{range_}/ocsp", response_class=Response)
    async def status(range_: Annotated[Range, Path()], request: Request) -> Response:
        """Whether one certificate is revoked (RFC 6960)."""
        asked = bytearray()
        async for piece in request.stream():
            asked += piece
            if len(asked) > _LONGEST_OCSP:
                asked.clear()
                break
        answer = await asyncio.to_thread(lambda: answer_ocsp(ready(), range_, bytes(asked)))
        return Response(answer, media_type="application/ocsp-response")

    @api.get("/certificates")
    def listing() -> list[CertificateView]:
        """All that were issued."""
        chain = ready()
        return [_view(chain, one) for one in chain.issued()]

    @api.post("/certificates", status_code=201, response_class=Response)
    def issue(order: Annotated[Order, Body(openapi_examples=_EXAMPLES)]) -> Response:
        """Make a certificate with its key; both leave with the answer, the key is kept nowhere."""
        if order.workspace is not None and order.kind not in CLIENTS:
            raise Refusal(
                422,
                "pki.workspace",
                "Seul le certificat d'un client TLS désigne un espace de travail.",
                "Only the certificate of a TLS client names a workspace.",
            )
        made = ready().issue(order.kind, order.subject(), order.flaw)
        if order.format is Format.PEM:
            content, kind = pem(made), _PEM
        else:
            old = order.format is Format.P12_OLD
            content, kind = p12(made, order.kind.value, order.password, old=old), _P12
        serial = f"{made.certificate.serial_number:x}"
        return Response(content, 201, {"X-Socles-Serial": serial, "Cache-Control": "no-store"}, kind)

    @api.post("/certificates/{serial}/revoke")
    def revoke(serial: Annotated[str, Path(pattern=SERIAL)]) -> CertificateView:
        """Revoke a certificate: list and OCSP say so from now on."""
        chain = ready()
        try:
            chain.revoke(int(serial, 16))
        except LookupError as error:
            raise not_found("Ce certificat", "This certificate") from error
        found = chain.find(int(serial, 16))
        assert found is not None
        return _view(chain, found)

    return api


def _view(chain: Pki, certificate: x509.Certificate) -> CertificateView:
    return CertificateView(
        serial=f"{certificate.serial_number:x}",
        subject=certificate.subject.rfc4514_string(),
        common_name=str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value),
        issuer=certificate.issuer.rfc4514_string(),
        not_before=certificate.not_valid_before_utc.astimezone(UTC),
        not_after=certificate.not_valid_after_utc.astimezone(UTC),
        revoked_at=chain.revoked_at(certificate.serial_number),
    )
