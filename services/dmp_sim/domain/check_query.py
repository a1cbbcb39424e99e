"""Rules of consultation: stored queries (ITI-18) and retrieval (ITI-43)."""

from collections.abc import Iterator, Sequence

from dmp_sim.domain import names
from dmp_sim.domain.forms import cx
from dmp_sim.domain.known import patient_key
from dmp_sim.domain.query import FIND_DOCUMENTS, GET_DOCUMENTS
from dmp_sim.domain.ruling import rule, warning
from dmp_sim.domain.vihf import Vihf
from socle.rules import Certainty, Finding

_ITI18 = "IHE ITI TF-2 §3.18"
_ITI43 = "IHE ITI TF-2 §3.43"

UNKNOWN_QUERY = rule(
    "query.id",
    "Requête enregistrée simulée : FindDocuments ou GetDocuments",
    "A stored query simulated here: FindDocuments or GetDocuments",
    f"AdhocQuery/@id : {FIND_DOCUMENTS} ou {GET_DOCUMENTS}.",
    source=_ITI18,
    code="XDSUnknownStoredQuery",
    structural=True,
)
NO_PATIENT = rule(
    "query.patient.required",
    "FindDocuments désigne un patient, dans la requête ou dans le VIHF",
    "FindDocuments names a patient, in the query or in the VIHF",
    "Ajouter $XDSDocumentEntryPatientId, ou resource-id dans le VIHF.",
    source=_ITI18,
    certainty=Certainty.FAITHFUL,
    code="XDSStoredQueryMissingParam",
    structural=True,
)
NO_DOCUMENT_ID = rule(
    "query.document-id.required",
    "GetDocuments désigne des documents par entryUUID ou par uniqueId",
    "GetDocuments names documents by entryUUID or by uniqueId",
    "Ajouter $XDSDocumentEntryEntryUUID ou $XDSDocumentEntryUniqueId.",
    source=_ITI18,
    certainty=Certainty.FAITHFUL,
    code="XDSStoredQueryMissingParam",
    structural=True,
)
PATIENT_DIFFERS = warning(
    "query.patient",
    "Le patient de la requête est celui du VIHF, qui prévaut (RG_3010)",
    "The query's patient is the VIHF's, which prevails (RG_3010)",
    "Ne pas filtrer sur un autre patient que celui du VIHF.",
    source="Guide d'intégration DMP, RG_3010",
    certainty=Certainty.SIMPLIFIED,
)
RETRIEVAL = rule(
    "retrieve.request",
    "RetrieveDocumentSetRequest demande au moins un document",
    "RetrieveDocumentSetRequest asks for at least one document",
    "Ajouter DocumentRequest (RepositoryUniqueId, DocumentUniqueId).",
    source=_ITI43,
    code="XDSRepositoryError",
    structural=True,
)
REPOSITORY_ID = rule(
    "retrieve.repository",
    "RepositoryUniqueId est celui du DMP",
    "RepositoryUniqueId is the DMP's",
    f"Reprendre repositoryUniqueId de la réponse TD3.1 ({names.REPOSITORY_UNIQUE_ID}).",
    source=_ITI43,
    certainty=Certainty.FAITHFUL,
    code="XDSUnknownRepositoryId",
    structural=True,
)
ENTRY_UUID = rule(
    "retrieve.entry-uuid",
    "DocumentUniqueId est un uniqueId, pas un entryUUID",
    "DocumentUniqueId is a uniqueId, not an entryUUID",
    "Reprendre l'identifiant externe XDSDocumentEntry.uniqueId de la fiche.",
    source="Réponse relevée sur le service",
    certainty=Certainty.FAITHFUL,
    code="XDSDocumentUniqueIdError",
    structural=True,
)
UNKNOWN_DOCUMENT = rule(
    "retrieve.document",
    "Le document demandé est au DMP",
    "The document asked for is in the record",
    "Vérifier le uniqueId par TD3.1.",
    source=_ITI43,
    certainty=Certainty.FAITHFUL,
    code="XDSDocumentUniqueIdError",
    structural=True,
)
OTHER_PATIENT = rule(
    "retrieve.patient",
    "Le document demandé est du patient du VIHF",
    "The document asked for belongs to the patient of the VIHF",
    "Mettre dans resource-id l'INS du patient du document.",
    source="Code relevé sur le service",
    certainty=Certainty.FAITHFUL,
    code="XDSPatientIdDoesNotMatch",
)


def check_query(query_id: str, patient_id: str, vihf_patient: str, document_ids: Sequence[str]) -> Iterator[Finding]:
    """Findings about a stored query; ``document_ids``: what GetDocuments names."""
    if query_id not in {FIND_DOCUMENTS, GET_DOCUMENTS}:
        yield UNKNOWN_QUERY.finding(where="//AdhocQuery/@id", found=query_id)
    elif query_id == FIND_DOCUMENTS and not (patient_id or vihf_patient):
        yield NO_PATIENT.finding(where="//AdhocQuery", found="(absent)")
    elif query_id == GET_DOCUMENTS and not document_ids:
        yield NO_DOCUMENT_ID.finding(where="//AdhocQuery", found="(absent)")
    if patient_id and vihf_patient and cx(patient_id)[:2] != cx(vihf_patient)[:2]:
        yield PATIENT_DIFFERS.finding(
            where="//Slot[@name='$XDSDocumentEntryPatientId']", expected="patient du VIHF", found="un autre patient"
        )


def check_retrieval(asked: int) -> Iterator[Finding]:
    """A finding when a retrieval names no document at all."""
    if not asked:
        yield RETRIEVAL.finding(where="//RetrieveDocumentSetRequest", expected="1..*", found="0")


def check_retrieved(unique_id: str, repository: str, patient: str | None, vihf: Vihf | None) -> Iterator[Finding]:
    """Findings about one document asked for; ``patient`` is the registered one's key, None when it is unknown."""
    where = "//DocumentRequest/DocumentUniqueId"
    if unique_id.startswith("urn:uuid:"):
        yield ENTRY_UUID.finding(where=where, expected="OID", found=f"uniqueId={unique_id}")
    elif repository != names.REPOSITORY_UNIQUE_ID:
        yield REPOSITORY_ID.finding(
            where="//DocumentRequest/RepositoryUniqueId", expected=names.REPOSITORY_UNIQUE_ID, found=repository
        )
    elif patient is None:
        yield UNKNOWN_DOCUMENT.finding(where=where, found=f"uniqueId={unique_id}")
    elif vihf is not None and vihf.patient_id and patient_key(vihf.patient_id) != patient:
        yield OTHER_PATIENT.finding(where=where, expected="patient du VIHF", found=f"uniqueId={unique_id}")
