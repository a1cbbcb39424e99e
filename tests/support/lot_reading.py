"""A lot of two odd documents, its signature, and what is told of a signature over them."""

import hashlib
from collections.abc import Collection, Mapping

from dmp_sim.domain import names
from dmp_sim.domain.check_lot_signature import check_manifest, check_properties
from dmp_sim.domain.model import Code, Deposit, Document, DocumentEntry, SubmissionSet
from dmp_sim.wire.lot_signature import read_lot_signature
from socle.assertions.making.lot import Identity, hashed, lot_signature
from socle.assertions.policy import Policy
from socle.blobs import Blob
from socle.xmldsig.problem import SignatureRefused
from support.signed import NOW, holder

LOT = "2.25.1"
SIGNATURE = Code(names.SIGNATURE_TYPE, "1.2.250.1.213.1.1.4.12")
DOCUMENTS = {
    "2.25.2": b'<?xml-stylesheet href="x.xsl"?>\n<!-- avant --><a xmlns="urn:a" b="1"><!-- dans --><b xmlns=""/></a>',
    "2.25.3": '\ufeff<a é="&#10;">\r\n</a>'.encode(),
}


def ours(documents: Mapping[str, bytes] = DOCUMENTS) -> bytes:
    signer = holder()
    listed = [hashed(unique_id, content) for unique_id, content in documents.items()]
    return lot_signature(LOT, listed, NOW, Identity(signer.certificate, signer.key))


def rules(
    signature: bytes, documents: Mapping[str, bytes] = DOCUMENTS, *, called_signatures: Collection[str] = ()
) -> list[str]:
    """What is told of a deposit of the documents under this signature; some may call themselves signatures too."""
    deposit = Deposit([SubmissionSet("Lot", LOT)])
    deposit.entries.append(DocumentEntry("Signature01", unique_id="2.25.99", type_code=SIGNATURE))
    for unique_id, content in documents.items():
        kind = SIGNATURE if unique_id in called_signatures else None
        deposit.entries.append(DocumentEntry(unique_id, unique_id=unique_id, type_code=kind))
        deposit.documents.append(
            Document(unique_id, Blob.of(content), hashlib.sha1(content, usedforsecurity=False).hexdigest())
        )
    try:
        read, _ = read_lot_signature(deposit, Document("Signature01", Blob.of(signature), ""))
    except SignatureRefused as refused:
        return [refused.problem]
    found = [*check_manifest(deposit, read), *check_properties(read, NOW, Policy().skew)]
    return [one.rule.id for one in found]
