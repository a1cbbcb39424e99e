"""What tokens and userinfo say of a professional.

The names, and the values of codes and OIDs, are those of userinfo answers and tokens of the real sandbox that were
published (docs/psc.md); what the population does not know is empty, as many fields are there.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from psc_sim.domain import names
from psc_sim.domain.model import Grant
from socle.control.model import Establishment, Professional

_EMPTY_ACTIVITY: Final = (
    "codeSectionPharmacien", "codeRole", "identifiantTechniqueDeLaStructure", "enseigneCommercialeSite",
    "complementDestinataire", "complementPointGeographique", "numeroVoie", "indiceRepetitionVoie", "codeTypeDeVoie",
    "libelleVoie", "mentionDistribution", "bureauCedex", "codePostal", "codeCommune", "codePays", "telephone",
    "telephone2", "telecopie", "adresseEMail", "codeDepartement", "autoriteDenregistrement",
)  # fmt: skip


def subject(national_id: str) -> str:
    """``sub``: a technical identifier; clients are told to use SubjectNameID."""
    return f"f:{names.STORAGE_ID}:{national_id}"


def userinfo(grant: Grant, professional: Professional, site: Establishment | None) -> dict[str, Any]:
    """The answer of userinfo; without ``scope_all``, the few claims that come then."""
    basic = {
        "sub": subject(grant.national_id),
        "email_verified": False,
        "preferred_username": grant.national_id,
        "given_name": professional.given,
        "family_name": professional.family,
        "codeCivilite": "",
        "SubjectNameID": grant.national_id,
    }
    if names.SCOPE_ALL not in grant.scope.split():
        return basic
    sector = site.sector if site is not None else ""
    return basic | {
        "Secteur_Activite": f"{sector}^{names.SECTOR_OID}" if sector else "",
        "codeGenreActivite": "GENR01",
        "SubjectOrganization": site.name if site is not None else "",
        "SubjectOrganizationID": f"1{site.finess_eg}" if site is not None else "",
        "Mode_Acces_Raison": "",
        "Acces_Regulation_Medicale": "FAUX",
        "UITVersion": "1.0",
        "Palier_Authentification": names.LEVEL,
        "authMode": grant.channel,
        "PSI_Locale": names.LOCALE_OID,
        "SubjectRole": [f"{professional.profession}^{names.ROLE_OID}"],
        "SubjectRefPro": {"codeCivilite": "", "exercices": [_practice(professional, site)]},
        "otherIds": [{"identifiant": grant.national_id, "origine": "RPPS", "qualite": 1}],
    }


def _practice(professional: Professional, site: Establishment | None) -> dict[str, Any]:
    return {
        "codeProfession": professional.profession,
        "codeCategorieProfessionnelle": "C",
        "codeCiviliteDexercice": "",
        "nomDexercice": professional.family,
        "prenomDexercice": professional.given,
        "codeTypeSavoirFaire": "S" if professional.speciality else "",
        "codeSavoirFaire": professional.speciality or "",
        "activities": [_activity(site)] if site is not None else [],
    }


def _activity(site: Establishment) -> dict[str, str]:
    return dict.fromkeys(_EMPTY_ACTIVITY, "") | {
        "codeModeExercice": "S",
        "codeSecteurDactivite": site.sector,
        "codeGenreActivite": "GENR01",
        "numeroSiretSite": site.siret,
        "numeroSirenSite": site.siret[:9],
        "numeroFinessSite": site.finess_eg,
        "numeroFinessetablissementJuridique": site.finess_ej,
        "raisonSocialeSite": site.name,
        "ancienIdentifiantDeLaStructure": f"1{site.finess_eg}",
    }


def token(grant: Grant, issuer: str, now: datetime, lifetime: timedelta, jti: str) -> dict[str, Any]:
    """The claims that access and ID token share."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "exp": issued + int(lifetime.total_seconds()),
        "iat": issued,
        "auth_time": int(grant.auth_time.timestamp()),
        "jti": jti,
        "iss": issuer,
        "sub": subject(grant.national_id),
        "azp": grant.client_id,
        "session_state": grant.sid,
        "sid": grant.sid,
        "acr": names.ACR,
        "preferred_username": grant.national_id,
        "email_verified": False,
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    return claims
