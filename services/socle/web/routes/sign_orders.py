"""What may be asked of the signer, as JSON."""

from typing import Annotated

from pydantic import Base64Bytes, Field

from socle.assertions.making.insi import InsiSaid, Source
from socle.assertions.making.vihf import Profile, VihfSaid
from socle.pki.kinds import Kind, Subject
from socle.web.invalid import worded
from socle.web.model import Json, Moment
from socle.xmldsig.sign import Digest, Style

_WHO = Subject()
_VIHF = VihfSaid(_WHO.structure, None)
_INSI = InsiSaid()
Text = Annotated[str, Field(max_length=200)]
_NUMBER = worded(
    r"^[0-9A-Za-z./-]{1,40}$",
    "1 à 40 chiffres, lettres sans accent, « . », « / » et « - »",
    "1 to 40 digits, ASCII letters, '.', '/' and '-'",
)
_ID = worded(
    r"^[A-Za-z0-9_.-]{1,80}$",
    "1 à 80 lettres sans accent, chiffres, « _ », « . » et « - »",
    "1 to 80 ASCII letters, digits, '_', '.' and '-'",
)
_PREFIXES = worded(
    r"^(#default|[A-Za-z_][A-Za-z0-9_.-]{0,39})$", "un préfixe XML, ou #default", "an XML prefix, or #default"
)
_PREFIX = worded(
    r"^([A-Za-z_][A-Za-z0-9_-]{0,19})?$",
    "un préfixe XML de 20 caractères au plus, ou rien",
    "an XML prefix of 20 characters at most, or nothing",
)
_MODE = worded(
    "^Authentification_[Mm]ode$",
    "Authentification_Mode ou Authentification_mode",
    "Authentification_Mode or Authentification_mode",
)
_OID = worded(r"^[0-9.]{1,128}$", "un OID, chiffres et points", "an OID, digits and dots")
Number = Annotated[str, Field(pattern=_NUMBER)]
Id = Annotated[str, Field(pattern=_ID)]
Seconds = Annotated[float, Field(ge=-31_536_000, le=31_536_000)]


class Signature(Json):
    """How it is signed, and in what it is wrong."""

    digest: Digest = Digest.SHA256
    prefixes: Annotated[
        list[Annotated[str, Field(pattern=_PREFIXES)]],
        Field(max_length=20, description="PrefixList of the canonicalisation; #default: the default namespace"),
    ] = Field(default_factory=list)
    last: Annotated[bool, Field(description="The Signature stands last in the assertion")] = False
    prefix: Annotated[str, Field(pattern=_PREFIX, description="Of SAML elements; empty: none")] = "saml2"
    id: Annotated[Id | None, Field(description="Of the assertion; without one, a new one")] = None
    issued_at: Annotated[Moment | None, Field(description="By default now, by the workspace's clock")] = None
    valid_seconds: Annotated[Seconds | None, Field(description="With Conditions of so long")] = None
    issuer: Annotated[Text | None, Field(description="By default the signer's subject")] = None
    signer: Annotated[Number | None, Field(description="OU or CN of the signer; by default as the assertion says")] = (
        None
    )
    flaw: Annotated[str | None, Field(description="One of GET /_sandbox/sign/flaws")] = None

    def style(self) -> Style:
        return Style(self.digest, tuple(self.prefixes), self.last)


class VihfOrder(Signature):
    """A VIHF."""

    profile: Profile = Profile.INDIRECTE
    structure: Annotated[Number, Field(description="Identifiant_Structure, and OU of the signer")] = _VIHF.structure
    patient: Annotated[
        Text | None, Field(description="resource-id", examples=["279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"])
    ] = None
    name_id: Annotated[Number, Field(description="Subject/NameID; DIRECTE: CN of the card")] = _VIHF.name_id
    subject_id: Text | None = _VIHF.subject_id
    mode_name: Annotated[str, Field(pattern=_MODE)] = _VIHF.mode_name
    version: Text = _VIHF.version
    sector: Text = _VIHF.sector
    profession: Text = _VIHF.profession
    speciality: Text | None = _VIHF.speciality
    purpose: Text = _VIHF.purpose
    lps_name: Text = _VIHF.lps_name
    lps_version: Text = _VIHF.lps_version
    lps_approval: Text = _VIHF.lps_approval
    attributes: Annotated[
        dict[Text, Text | None], Field(max_length=50, description="By Name: other values, or null to leave one out")
    ] = Field(default_factory=dict)

    def said(self) -> VihfSaid:
        names = set(VihfSaid.__dataclass_fields__) & set(type(self).model_fields)
        return VihfSaid(**{name: getattr(self, name) for name in names})

    def signing(self) -> tuple[Kind, Subject]:
        """Which certificate signs it when nothing is wrong."""
        if self.profile is Profile.DIRECTE:
            return Kind.CPS_SIGN, Subject(national_id=self.signer or self.name_id)
        return Kind.ORG_SIGN, Subject(structure=self.signer or self.structure)


class InsiOrder(Signature):
    """INSi's assertion; of Pro Santé Connect it is unsigned."""

    prefix: Annotated[str, Field(pattern=_PREFIX)] = ""
    source: Source = Source.CPS
    national_id: Annotated[Number, Field(description="Subject/NameID, and CN of the card")] = _INSI.national_id
    billing_id: Text = _INSI.billing_id
    speciality: Text | None = _INSI.speciality
    sector: Text = _INSI.sector
    profession: Text | None = None
    capitalised: bool = False
    vitale: Annotated[
        Id | None,
        Field(description="A virtual Vitale card, by id or insured number: its assertion is put beside"),
    ] = None
    vitale_issued_at: Annotated[Moment | None, Field(description="Of that one; by default as the other")] = None
    attributes: Annotated[
        dict[Text, Text | None], Field(max_length=50, description="By Name: other values, or null to leave one out")
    ] = Field(default_factory=dict)

    def said(self) -> InsiSaid:
        names = set(InsiSaid.__dataclass_fields__) & set(type(self).model_fields)
        return InsiSaid(**{name: getattr(self, name) for name in names})

    def signing(self) -> tuple[Kind, Subject]:
        """Which certificate signs it when nothing is wrong."""
        return Kind.CPS_SIGN, Subject(national_id=self.signer or self.national_id)


class LotDocument(Json):
    """One document of the lot."""

    unique_id: Annotated[str, Field(pattern=_OID, description="XDSDocumentEntry.uniqueId")]
    content: Annotated[Base64Bytes, Field(max_length=20_000_000, description="The CDA, in base64")]


class LotOrder(Json):
    """The signature of a submission set."""

    set_id: Annotated[str, Field(pattern=_OID, description="XDSSubmissionSet.uniqueId")]
    documents: Annotated[list[LotDocument], Field(min_length=1, max_length=100)]
    structure: Annotated[Number, Field(description="OU of the signer")] = _WHO.structure
    card: Annotated[Number | None, Field(description="CN of the card that signs instead of the structure")] = None
    signed_at: Moment | None = None
    flaw: Annotated[str | None, Field(description="One of GET /_sandbox/sign/lot-flaws")] = None

    def signing(self) -> tuple[Kind, Subject]:
        """Which certificate signs it."""
        if self.card is not None:
            return Kind.CPS_SIGN, Subject(national_id=self.card)
        return Kind.ORG_SIGN, Subject(structure=self.structure)


class FlawView(Json):
    """A deliberate mistake, and the one rule that it breaks."""

    name: str
    breaks: str
    title_fr: str
    title_en: str
