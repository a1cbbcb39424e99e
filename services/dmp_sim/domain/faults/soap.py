"""SOAP faults (domain/dmp.md §0.2 to §1.9). ``;http=400`` after a code gives the HTTP status of the fault."""

from typing import Final

from dmp_sim.domain.faults.entry import ALL, DEPOSIT, RETRIEVE, add
from socle.faults.advice import SETTINGS, TELL, Advice
from socle.rules import Certainty

_F, _S, _O = Certainty.FAITHFUL, Certainty.SIMPLIFIED, Certainty.OURS
_LIVE: Final = "domain/dmp.md §0.2, §1.2, §1.9 : texte relevé sur le service ou chez ses clients"
_PATIENTS: Final = (
    "domain/dmp.md §1.4, §1.9 : code vu dans les exemples du kit ; les transactions TD1 ne sont pas simulées"
)


def _fault(
    name: str,
    code: str,
    text: str,
    fr: str,
    en: str,
    *,
    advice: Advice,
    source: str = _LIVE,
    certainty: Certainty = _S,
    operations: tuple[str, ...] = ALL,
    http: int = 500,
) -> None:
    subcode = f"`<soap:Value>soap:{code.partition(';')[0]}</soap:Value>`, " if code.startswith("DMP") else ""
    wire = f'HTTP {http}; `<soap:Value>soap:Sender</soap:Value>`, {subcode}`<soap:Text xml:lang="fr">{text}<`'
    add(name, code, fr, en, wire, advice=advice, operations=operations, reason=text, source=source, certainty=certainty)


_INVALID_CERTIFICATE: Final = "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate"
_fault(
    "invalid-certificate",
    "DMPInvalidCertificate",
    _INVALID_CERTIFICATE,
    "Le certificat qui signe le VIHF est refusé",
    "The certificate that signs the VIHF is refused",
    advice=SETTINGS,
    certainty=_F,
)
_fault(
    "access-denied",
    "DMPAccessDeniedByRightsService",
    "Accès refusé : ce profil n'a pas le droit de faire cela",
    "Droits insuffisants pour cette transaction",
    "Insufficient rights for this transaction",
    advice=TELL.then(
        "Distinguer le droit qui manque de l'autorisation que le patient n'a pas donnée.",
        "Tell a right that is missing from an authorisation that the patient has not given.",
    ),
    source="domain/dmp.md §1.1, §1.4, §1.9 : code vu ; texte : le nôtre",
)
_fault(
    "author-institution",
    "soap:Sender",
    "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF",
    "Aucun auteur du lot n'est de la structure du VIHF",
    "No author of the set belongs to the VIHF's structure",
    advice=SETTINGS,
    operations=DEPOSIT,
    certainty=_F,
)
_fault(
    "professional-not-linked",
    "soap:Sender",
    "PS et Structure non liés",
    "Le professionnel n'est pas rattaché à la structure",
    "The professional is not attached to the structure",
    advice=SETTINGS,
    certainty=_F,
)
_fault(
    "unknown-structure",
    "soap:Sender",
    "Structure introuvable ou Inactive",
    "Structure inconnue du DMP, ou inactive",
    "The DMP does not know the structure, or it is inactive",
    advice=SETTINGS,
    certainty=_F,
)
_fault(
    "legal-entity",
    "soap:Sender",
    "Erreur d'authentification de la personne morale",
    "La structure du VIHF n'est pas celle du certificat",
    "The VIHF's structure is not the certificate's",
    advice=SETTINGS,
    certainty=_F,
)
_fault(
    "missing-speciality",
    "soap:Sender",
    "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins et les Pharmaciens",
    "La spécialité du médecin ou du pharmacien manque",
    "The physician's or pharmacist's speciality is missing",
    advice=SETTINGS,
    source=f"{_LIVE}, jusqu'à « Médecins » ; la fin est la nôtre",
)
_fault(
    "addressing-header-missing",
    "{http://www.w3.org/2005/08/addressing}MessageAddressingHeaderRequired",
    "A required header representing a Message Addressing Property is not present",
    "Un en-tête WS-Addressing manque",
    "A WS-Addressing header is missing",
    advice=SETTINGS,
    certainty=_F,
)
_fault(
    "entry-uuid-for-unique-id",
    "soap:XDSDocumentUniqueIdError",
    "XDSDocumentUniqueIdError : uniqueId=urn:uuid:",
    "entryUUID donné pour uniqueId : une faute, non une erreur du registre",
    "entryUUID given for uniqueId: a fault, not a registry error",
    advice=TELL.then("C'est un défaut du logiciel : prévenir l'éditeur.", "It is the software's defect."),
    operations=RETRIEVE,
    source="domain/dmp.md §1.8 : faute, code et « uniqueId=urn:uuid:… » vus chez des clients du DMP",
)
for _name, _code, _text, _fr, _en in (
    ("record-found", "DMPFound", "Le DMP existe déjà", "création : le DMP existe déjà", "creation: it exists already"),
    ("record-closed", "DMPClosed", "Le DMP est fermé", "le DMP est fermé", "the record is closed"),
    (
        "patient-access-exists",
        "DMPPatientAccessAlreadyExists",
        "Le patient a déjà un accès",
        "l'accès internet du patient existe déjà",
        "the patient's access exists already",
    ),
    (
        "patient-otp-exists",
        "DMPPatientAccessOTPAlreadyExists",
        "Le patient a déjà un canal de mot de passe unique",
        "le canal OTP du patient existe déjà",
        "the patient's one-time password channel exists already",
    ),
):
    _fault(_name, _code, _text, f"Gestion du dossier : {_fr}", f"Record: {_en}", advice=TELL, source=_PATIENTS)
_fault(
    "fault-with-http-bad-request",
    "DMPInvalidCertificate;http=400",
    _INVALID_CERTIFICATE,
    "Faute SOAP sous le statut HTTP 400 au lieu de 500",
    "SOAP fault under HTTP status 400 instead of 500",
    advice=Advice("Lire le corps quel que soit le statut.", "Read the body whatever the status."),
    source="domain/dmp.md §0.6 : un 400 cache la faute aux clients CXF",
    certainty=_O,
    http=400,
)
