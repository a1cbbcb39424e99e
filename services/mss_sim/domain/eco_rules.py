"""The message rules of Référentiel #2 (``ECO.*``), as an editor's documentation paraphrases them: second-hand.

No text of the ANS could be read (domain/mssante.md, head): every rule says so, and only warns.
"""

from typing import Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_SOURCE: Final = "Référentiel #2 Clients de messageries, {eco}, d'après la documentation d'un éditeur (seconde main)"


def _rule(name: str, eco: str, fr: str, en: str, remedy: str, *, severity: Severity = Severity.WARNING) -> Rule:
    return REGISTRY.add(
        Rule(
            f"mss.eco.{name}",
            fr,
            en,
            _SOURCE.format(eco=eco),
            Certainty.SIMPLIFIED,
            remedy=remedy,
            severity=severity,
            source_version="1.0.1 (18/01/2024)",
        )
    )


ONE_PATIENT = _rule(
    "one-patient",
    "ECO.2.1.1",
    "Un message ne porte que sur un patient",
    "A message concerns one patient only",
    "Envoyer un message par patient.",
)
PDF_MISSING = _rule(
    "pdf-missing",
    "ECO.2.1.1",
    "Chaque document de l'archive est aussi joint en PDF/A-1",
    "Each document of the archive is also attached as PDF/A-1",
    "Joindre le PDF/A-1 de chaque document à côté de IHE_XDM.zip.",
)
PDF_A = _rule(
    "pdf-a",
    "ECO.2.1.5",
    "Le PDF joint ne se déclare pas PDF/A-1",
    "The attached PDF does not declare itself PDF/A-1",
    "Produire un PDF/A-1 (métadonnée XMP pdfaid:part = 1).",
)
PDF_NAME = _rule(
    "pdf-name",
    "ECO.2.1.6",
    "Le nom du PDF n'a pas la forme attendue",
    "The PDF's name does not have the expected form",
    "Nommer le fichier <date acte>_<type>_<NOM>_<prenom>[_<n° dossier>].pdf.",
)
XDM_MISSING = _rule(
    "xdm-missing",
    "ECO.2.1.1",
    "L'objet annonce une archive XDM, aucune n'est jointe",
    "The subject announces an XDM archive, none is attached",
    "Joindre IHE_XDM.zip (application/zip).",
)
SUBJECT = _rule(
    "subject",
    "ECO.2.1.3",
    "L'objet n'a pas la forme attendue",
    "The subject does not have the expected form",
    "Écrire XDM/1.0/DDM+<libellé> <NOM> <prenom> [<JJ/MM/AAAA>], NOM en capitales sans accent, libellé de 40 "
    "caractères au plus.",
)
MESSAGE_ID = _rule(
    "message-id",
    "ECO.2.2.1",
    "Message-ID est absent ou mal formé",
    "Message-ID is missing or malformed",
    "Écrire un Message-ID unique: <gauche@droite> (RFC 5322 §3.6.4).",
)
UTF8 = _rule(
    "utf-8",
    "ECO.2.2.3",
    "Une partie texte n'est pas en UTF-8",
    "A text part is not in UTF-8",
    "Encoder les parties texte en UTF-8 et l'annoncer (charset=utf-8).",
)
BODY = _rule(
    "body",
    "ECO.2.2.4",
    "Le corps n'est ni text/plain ni multipart/alternative",
    "The body is neither text/plain nor multipart/alternative",
    "Écrire le corps en text/plain, ou en multipart/alternative avec une partie text/plain.",
)
SENDER_LABEL = _rule(
    "sender-label",
    "ECO.2.2.7",
    "Le libellé de l'expéditeur n'a pas la forme attendue",
    "The sender's label does not have the expected form",
    "Pour une boîte personnelle, écrire <Titre>_<Prénom>_<NOM>_<Entité> devant l'adresse.",
    severity=Severity.INFO,
)
CODE_CDA = _rule(
    "x-mss-codecda",
    "ECO.2.4.1",
    "X-MSS-CODECDA ne correspond pas aux documents joints",
    "X-MSS-CODECDA does not match the attached documents",
    "Donner le code de chaque CDA, dans l'ordre, séparés par des virgules, sans dédoublonner; rien sans CDA.",
)
INS = _rule(
    "x-mss-ins",
    "ECO.2.4.2",
    "X-MSS-INS ne correspond pas aux documents joints",
    "X-MSS-INS does not match the attached documents",
    "Écrire O si l'INS (matricule, OID et quatre traits) est dans l'archive, N sinon; rien sans CDA.",
)
NIL = _rule(
    "x-mss-nil",
    "ECO.2.4.3",
    "X-MSS-NIL est absent",
    "X-MSS-NIL is missing",
    "Donner dans chaque message le numéro du logiciel enregistré sur Convergence.",
)
