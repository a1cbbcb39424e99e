"""Rules of the VIHF's signer: what the certificate must have to do with the user and the structure.

They are asked only where assertions are verified (workspace option ``assertions``), of a signature that is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dmp_sim.domain.check_vihf import MODES
from dmp_sim.domain.ruling import VIHF, rule, warning
from dmp_sim.domain.vihf import Vihf
from socle.assertions.signatory import Signatory
from socle.rules import Certainty, Finding

INVALID_CERTIFICATE = "DMPInvalidCertificate"
SEEN = VIHF + "; texte relevé sur le service"
STRUCTURE = "//saml2:Attribute[Identifiant_Structure]"
"""Where a finding about it is."""

USAGE = rule(
    "signer.usage",
    "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate",
    "The certificate that signed the VIHF is for signatures (keyUsage nonRepudiation)",
    "Signer avec le certificat de signature (CPS, ORG_SIGN), non avec celui d'authentification.",
    source=SEEN,
    certainty=Certainty.FAITHFUL,
    code=INVALID_CERTIFICATE,
)
LEGAL_PERSON = rule(
    "signer.structure",
    "Erreur d'authentification de la personne morale",
    "Identifiant_Structure is the OU of the organisation's certificates, for signature and for TLS",
    "Mettre dans Identifiant_Structure l'OU des certificats qui signent et ouvrent le TLS.",
    source=SEEN,
    certainty=Certainty.FAITHFUL,
    code=None,
)
KIND = rule(
    "signer.kind",
    "DIRECTE est signé par une carte de professionnel, INDIRECTE par un certificat d'organisation",
    "DIRECTE is signed by a professional's card, INDIRECTE by an organisation's certificate",
    "Signer par la CPS en mode DIRECTE, par ORG_SIGN en mode indirect.",
    source="Guide d'intégration DMP, EX_GEN-1450, relevé chez des éditeurs",
    code=None,
)
KNOWN = warning(
    "signer.known-structure",
    "Structure introuvable ou Inactive",
    "The structure of the VIHF is known: the live service refuses others; here an editor's own FINESS passes",
    "Nommer un établissement de la population de l'espace de travail, pour que l'acte lui soit imputé.",
    source=SEEN,
    certainty=Certainty.SIMPLIFIED,
)
LINKED = rule(
    "signer.linked",
    "PS et Structure non liés",
    "In mode DIRECTE a known professional works in the structure of the VIHF",
    "Nommer la structure où exerce le professionnel.",
    source=SEEN + "; quand il est dit est notre choix",
    code=None,
)
NAME = warning(
    "signer.name",
    "En mode DIRECTE, NameID est le nom commun (CN) du certificat",
    "In mode DIRECTE NameID is the certificate's common name",
    "Mettre dans Subject/NameID l'identifiant national que porte la carte.",
    source=VIHF + "; un jeton d'exemple s'en écarte",
    certainty=Certainty.SIMPLIFIED,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the population says of those whom the VIHF names."""

    structure: bool
    linked: bool
    """False only for a professional who is known to work elsewhere."""


def check_signer(vihf: Vihf, signatory: Signatory, known: Known) -> Iterator[Finding]:
    """Findings about who signed. ``signatory``: of a signature that verifies, under a known authority."""
    direct = vihf.mode == "DIRECTE"
    where = "//saml2:Assertion/ds:Signature//ds:X509Certificate"
    if vihf.mode in MODES and signatory.person is not direct:
        found = "carte" if signatory.person else "organisation"
        yield KIND.finding(where=where, expected="carte" if direct else "organisation", found=found, line=vihf.line)
    # an AIR token signed with a clientAuth certificate was seen to be taken
    if not signatory.signs and vihf.mode != "INDIRECTE_RENFORCEE":
        yield USAGE.finding(where=where, expected="keyUsage nonRepudiation", found="(absent)", line=vihf.line)
    organisation = "" if signatory.person else signatory.structure
    if vihf.structure and organisation and organisation != vihf.structure:
        expected = f"OU={organisation} (signature)"
        yield LEGAL_PERSON.finding(where=STRUCTURE, expected=expected, found=vihf.structure, line=vihf.line)
    elif vihf.structure and not known.structure:
        yield KNOWN.finding(where=STRUCTURE, found=vihf.structure, line=vihf.line)
    if direct and not known.linked:
        yield LINKED.finding(where=STRUCTURE, found=f"{vihf.name_id}, {vihf.structure}", line=vihf.line)
    if direct and signatory.person and vihf.name_id and signatory.common_name != vihf.name_id:
        yield NAME.finding(
            where="//saml2:Subject/saml2:NameID", expected=signatory.common_name, found=vihf.name_id, line=vihf.line
        )
