"""XDS errors (domain/dmp.md §1.9).

The French annex of DMP codes (SEL-MP-037) could not be read. The codes are those of IHE ITI TF-3 table 4.2.4.1-2; their
texts here are ours, since no answer of the DMP that carries them was seen.
"""

from typing import Final

from dmp_sim.domain.faults.entry import (
    ALL,
    DEPOSIT,
    DEPOSIT_OR_QUERY,
    EDITOR,
    KNOWN,
    QUERY,
    RELOAD,
    REPOSITORY,
    RETRIEVE,
    add,
)
from socle.faults.advice import CORRECT, RETRY, RETRY_SOON, TELL, Advice
from socle.rules import Certainty

IHE: Final = "domain/dmp.md §1.9 ; IHE ITI TF-3 §4.2.4 ; texte : le nôtre"
SEEN: Final = "domain/dmp.md §1.8, §1.9 : code vu chez des clients du DMP ; texte : le nôtre"
LATER: Final = "domain/dmp.md §1.9 ; UpdateDocumentSet (TD3.3) n'est pas simulé : rendu dans la forme de l'appel"
_NARROW: Final = Advice(
    "Restreindre la requête : période, type, classe. Dire à l'utilisateur que la liste est incomplète.",
    "Narrow the query: period, type, class. Tell the user that the list is incomplete.",
)


def entry_name(code: str) -> str:
    """``XDSRepositoryBusy`` → ``repository-busy``."""
    name = code.removeprefix("XDS").replace("ID", "Id")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _xds(
    code: str,
    operations: tuple[str, ...],
    advice: Advice,
    fr: str,
    en: str,
    *,
    source: str = IHE,
    certainty: Certainty = Certainty.SIMPLIFIED,
) -> None:
    add(
        entry_name(code),
        code,
        fr,
        en,
        f'HTTP 200; `ResponseStatusType:Failure"`, `errorCode="{code}"`, `codeContext="{fr}"`',
        advice=advice,
        operations=operations,
        reason=fr,
        source=source,
        certainty=certainty,
    )


_xds("XDSMissingDocument", DEPOSIT, EDITOR, "Une fiche n'a pas son document", "An entry lacks its document")
_xds("XDSMissingDocumentMetadata", DEPOSIT, EDITOR, "Un document n'a pas sa fiche", "A document lacks its entry")
_xds(
    "XDSRegistryNotAvailable",
    DEPOSIT,
    RETRY,
    "Le registre ne répond pas à l'entrepôt",
    "The repository cannot reach the registry",
)
_xds("XDSRegistryError", DEPOSIT_OR_QUERY, RETRY_SOON, "Erreur interne du registre", "Internal error of the registry")
_xds("XDSRepositoryError", REPOSITORY, RETRY_SOON, "Erreur interne de l'entrepôt", "Internal error of the repository")
_xds(
    "XDSRegistryDuplicateUniqueIdInMessage",
    DEPOSIT,
    EDITOR,
    "Registre : un uniqueId paraît deux fois dans le lot",
    "Registry: a uniqueId appears twice in the set",
)
_xds(
    "XDSRepositoryDuplicateUniqueIdInMessage",
    DEPOSIT,
    EDITOR,
    "Entrepôt : un uniqueId paraît deux fois dans le lot",
    "Repository: a uniqueId appears twice in the set",
)
_xds(
    "XDSDuplicateUniqueIdInRegistry",
    DEPOSIT,
    KNOWN,
    "Un document de même uniqueId est déjà enregistré",
    "A document of the same uniqueId is already registered",
)
_xds(
    "XDSNonIdenticalHash",
    DEPOSIT,
    CORRECT,
    "Même uniqueId, contenu différent (hash)",
    "Same uniqueId, different content (hash)",
)
_xds("XDSNonIdenticalSize", DEPOSIT, CORRECT, "Même uniqueId, taille différente", "Same uniqueId, different size")
_xds("XDSRegistryBusy", DEPOSIT_OR_QUERY, RETRY, "Le registre est saturé", "The registry is busy")
_xds("XDSRepositoryBusy", REPOSITORY, RETRY, "L'entrepôt est saturé", "The repository is busy")
_xds(
    "XDSRegistryOutOfResources",
    DEPOSIT_OR_QUERY,
    RETRY,
    "Le registre manque de ressources",
    "The registry is out of resources",
)
_xds(
    "XDSRepositoryOutOfResources",
    REPOSITORY,
    RETRY,
    "L'entrepôt manque de ressources",
    "The repository is out of resources",
)
_xds(
    "XDSRegistryMetadataError",
    DEPOSIT_OR_QUERY,
    CORRECT,
    "Registre : métadonnée absente ou fausse",
    "Registry: missing or wrong metadata",
)
_xds(
    "XDSRepositoryMetadataError",
    DEPOSIT,
    CORRECT,
    "Entrepôt : métadonnée absente ou fausse",
    "Repository: missing or wrong metadata",
)
_xds("XDSTooManyResults", QUERY, _NARROW, "Trop de résultats", "Too many results")
_xds("XDSUnknownPatientId", DEPOSIT_OR_QUERY, TELL, "Le patient n'a pas de DMP", "The patient has no record")
_xds(
    "XDSPatientIdDoesNotMatch",
    ALL,
    EDITOR,
    "Le patient n'est pas le même partout",
    "The patient is not the same everywhere",
    source=SEEN,
)
_xds("XDSUnknownStoredQuery", QUERY, EDITOR, "Requête enregistrée inconnue", "Unknown stored query")
_xds(
    "XDSStoredQueryMissingParam",
    QUERY,
    EDITOR,
    "Un paramètre obligatoire de la requête manque",
    "A mandatory parameter of the query is missing",
)
_xds(
    "XDSStoredQueryParamNumber",
    QUERY,
    EDITOR,
    "Un paramètre de la requête a trop de valeurs",
    "A parameter of the query has too many values",
)
_xds(
    "XDSRegistryDeprecatedDocumentError",
    DEPOSIT,
    RELOAD,
    "Le document à remplacer est déjà remplacé ou supprimé",
    "The document to replace is already replaced or deleted",
)
_xds("XDSUnknownRepositoryId", RETRIEVE, CORRECT, "repositoryUniqueId inconnu", "Unknown repositoryUniqueId")
_xds(
    "XDSDocumentUniqueIdError",
    RETRIEVE,
    CORRECT,
    "Aucun document n'a cet uniqueId",
    "No document has this uniqueId",
    source=SEEN,
)
_xds(
    "XDSResultNotSinglePatient",
    QUERY,
    EDITOR,
    "La requête trouverait les documents de plusieurs patients",
    "The query would find several patients' documents",
)
_xds(
    "InvalidDocumentContent",
    DEPOSIT,
    CORRECT,
    "Le contenu du document n'est pas conforme",
    "The document's content does not conform",
)
_xds(
    "UnresolvedReferenceException",
    DEPOSIT,
    RELOAD,
    "Le document visé par le lot est inconnu",
    "The document that the set points at is unknown",
)
_xds(
    "XDSMetadataUpdateError",
    (),
    EDITOR,
    "La mise à jour des métadonnées est refusée",
    "The update of metadata is refused",
    source=LATER,
    certainty=Certainty.OURS,
)
_xds(
    "XDSMetadataUpdateOperationError",
    (),
    EDITOR,
    "Opération de mise à jour inconnue",
    "Unknown update operation",
    source=LATER,
    certainty=Certainty.OURS,
)
_xds(
    "XDSMetadataVersionError",
    (),
    RELOAD,
    "La version mise à jour n'est pas celle du registre (PreviousVersion)",
    "The version updated is not the registry's (PreviousVersion)",
    source=LATER,
    certainty=Certainty.OURS,
)
_xds(
    "XDSPatientIDReconciliationError",
    (),
    EDITOR,
    "La mise à jour changerait de patient",
    "The update would change the patient",
    source=LATER,
    certainty=Certainty.OURS,
)
_xds(
    "ReferencesExistException",
    (),
    TELL,
    "Le document est encore référencé",
    "The document is still referred to",
    source=LATER,
    certainty=Certainty.OURS,
)
_xds(
    "UnmodifiableMetadataError",
    (),
    EDITOR,
    "Cette métadonnée ne peut pas changer",
    "This metadata cannot change",
    source=LATER,
    certainty=Certainty.OURS,
)
