"""Deposits whose lot is signed, right or wrong in one way; their VIHF is left as it is."""

from datetime import UTC, datetime
from itertools import count

from lxml import etree

from dmp_sim.domain import names
from socle.assertions.making.lot import Identity, hashed, lot_signature
from socle.assertions.making.lot_flaw import LotFlaw, reseal, spoilt
from socle.pki.issuing import Holder
from socle.pki.kinds import Kind, Subject
from support.dmp_cda import STRUCTURE
from support.dmp_message import Message
from support.dmp_mutators import version, vihf
from support.signed import holder

SIGNATURE, DOCUMENT = "signature@test", "doc1@test"
ORGANISATION, CARD = Subject(structure=STRUCTURE), Subject()
NSMAP = {"rim": names.RIM}
_NUMBERS = count(100)
_ID = "rim:ExternalIdentifier[@identificationScheme='{}']"


def sign_lot(
    message: Message,
    flaw: LotFlaw | None = None,
    *,
    kind: Kind = Kind.ORG_SIGN,
    subject: Subject = ORGANISATION,
    signer: Holder | None = None,
) -> Message:
    """Put the signature of the lot as it now stands into its part."""
    certificate = flaw.certificate if flaw else None
    signer = signer or holder(flaw.kind(kind) if flaw else kind, certificate, subject)
    now = datetime.now(UTC)
    documents = {
        str(entry.find(_ID.format(names.DE_UNIQUE_ID), NSMAP).get("value")): message.parts[f"doc{number}@test"]  # type: ignore[union-attr]
        for number, entry in enumerate(message.all("//rim:ExtrinsicObject[@id != 'Signature01']"), 1)
    }
    made = lot_signature(
        str(message.find("//rim:RegistryPackage/" + _ID.format(names.SS_UNIQUE_ID)).get("value")),
        [hashed(unique_id, content) for unique_id, content in documents.items()],
        flaw.signed_at(now) if flaw else now,
        Identity(signer.certificate, signer.key),
    )
    message.parts[SIGNATURE] = spoilt(made, signer.key, flaw) if flaw else made
    return message


def fresh() -> Message:
    """A sound deposit of a document that was never deposited."""
    return version(f"1.2.250.1.999.2.{next(_NUMBERS)}", None)


def direct() -> Message:
    """The same in mode DIRECTE by the card of ``CARD``."""
    message = fresh()
    vihf("Authentification_Mode", "DIRECTE")(message)
    message.find("//saml2:Subject/saml2:NameID").text = CARD.national_id
    return message


def changed(message: Message, change: str, to: str) -> Message:
    """Another text in the signature, signed anew: nothing else is wrong."""
    text = message.parts[SIGNATURE].decode()
    assert change in text
    signature = etree.fromstring(text.replace(change, to))
    reseal(signature, holder(Kind.ORG_SIGN, None, ORGANISATION).key)
    message.parts[SIGNATURE] = etree.tostring(signature)
    return message
