"""``/_sandbox/pki/authorities``: authorities of others that are trusted besides the sandbox's own."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import Field

from socle.ground import Ground
from socle.pki.names import Range
from socle.pki.outside import LARGEST, NotTrusted, Outside, problem_of
from socle.pki.wiring import make_pki
from socle.web.errors import Refusal, not_found
from socle.web.invalid import worded
from socle.web.model import Json

FINGERPRINT = worded(
    r"^[0-9a-f]{64}$",
    "une empreinte SHA-256, 64 chiffres hexadécimaux en minuscules (socles pki list)",
    "a SHA-256 fingerprint, 64 hexadecimal digits in lower case (socles pki list)",
)
_EXAMPLE = (
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBTDCB86ADAgECAgEBMAoGCCqGSM49BAMCMCMxITAfBgNVBAMMGEFDIEVYRU1Q\n"
    "TEUgT1JHQU5JU0FUSU9OUzAgFw0yMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAw\n"
    "MFowIzEhMB8GA1UEAwwYQUMgRVhFTVBMRSBPUkdBTklTQVRJT05TMFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAEE30Qo04C7QjhYBb1DxY2WOdfizz6xBp0GwYxxW8s\n"
    "jPT0vJbnDsy3JKyhW+Bfl0moE4jn+pAlNGv8zskZE+0js6MWMBQwEgYDVR0TAQH/\n"
    "BAgwBgEB/wIBADAKBggqhkjOPQQDAgNIADBFAiEAkJ9P4TxQzhzv9bTLTue/oThs\n"
    "bu94RMhq8tDsb2mXeZ4CIBWLAm75MVSYWEEyJ81XAReZUl6r9Z10S2A/d+7idDoP\n"
    "-----END CERTIFICATE-----\n"
)
"""Of an authority whose key was thrown away."""
_EXAMPLES = {"an editor's": {"value": {"pem": _EXAMPLE, "range": "organisations"}}}


class AuthorityOrder(Json):
    """An authority to trust."""

    pem: Annotated[str, Field(max_length=LARGEST, description="Its certificate, PEM; that which issues, not its root")]
    range: Annotated[
        Range | None,
        Field(description="Whether it issues cards or organisations' certificates; by default as its name says"),
    ] = None


class AuthorityView(Json):
    """An authority that is trusted besides the sandbox's own. Whether what it issued is revoked is never checked."""

    fingerprint: Annotated[str, Field(description="SHA-256, hexadecimal")]
    subject: str
    range: Range
    not_before: datetime
    not_after: datetime
    removable: Annotated[bool, Field(description="False: of the folder that SOCLES_PKI_OUTSIDE names")]
    problem_fr: Annotated[str | None, Field(description="Why it is not trusted; null when it is")]
    problem_en: str | None


def router(ground: Ground) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(prefix="/_sandbox/pki/authorities", tags=["pki"])
    pki = make_pki(ground.settings)

    @api.get("")
    def listing() -> list[AuthorityView]:
        """All of them, those that are not trusted too."""
        return [_view(one) for one in pki.outside.all()]

    @api.post("", status_code=201)
    def add(order: Annotated[AuthorityOrder, Body(openapi_examples=_EXAMPLES)]) -> AuthorityView:
        """Trust one: for assertions and lots at once, for TLS clients from the next start. Again changes nothing."""
        try:
            return _view(pki.outside.add(order.pem.encode(), order.range))
        except NotTrusted as refused:
            raise Refusal(400, "pki.authority", refused.fr, refused.en) from refused

    @api.delete("/{fingerprint}", status_code=204)
    def remove(fingerprint: Annotated[str, Path(pattern=FINGERPRINT)]) -> None:
        """No longer trust it; TLS clients from the next start."""
        try:
            pki.outside.remove(fingerprint)
        except LookupError as error:
            raise not_found("Cette autorité ajoutée", "This added authority") from error

    return api


def _view(authority: Outside) -> AuthorityView:
    certificate = authority.certificate
    problem = problem_of(certificate, datetime.now(UTC))
    return AuthorityView(
        fingerprint=authority.fingerprint,
        subject=certificate.subject.rfc4514_string(),
        range=authority.range,
        not_before=certificate.not_valid_before_utc.astimezone(UTC),
        not_after=certificate.not_valid_after_utc.astimezone(UTC),
        removable=authority.removable,
        problem_fr=problem.fr if problem is not None else None,
        problem_en=problem.en if problem is not None else None,
    )
