"""INSi's part of the catalogue of faults (D10; domain/insi.md §1.7 to §1.9).

A code may say more than what is answered: ``;dialect=A`` or ``B`` forces the layout, ``;http=503`` the HTTP status.
"""

from typing import Any, Final

from ins_sim.domain import rules
from ins_sim.domain.erreur import FORBIDDEN, OUTAGE, TECHNICAL, UNAVAILABLE, UNKNOWN_SOFTWARE, Erreur, missing
from ins_sim.domain.injected import CONTROLS, EXPIRED, INJECTED, VITALE_EXPIRED
from ins_sim.domain.rules_vitale import REFUSING as CARD_CONTROLS
from socle.control.port import FaultPoint
from socle.faults.advice import CORRECT, RETRY, RETRY_SOON, SETTINGS, Advice
from socle.faults.gateway import gateway_entries
from socle.faults.register import register
from socle.rules import Certainty

SERVICE: Final = "ins_sim"
SEARCH: Final = "rechercherInsAvecTraitsIdentite"
CARD: Final = "rechercherInsAvecCarteVitale"
_F, _S, _O = Certainty.FAITHFUL, Certainty.SIMPLIFIED, Certainty.OURS
_OF_CONTROL: Final = {rules.GIVEN: (SEARCH,), rules.SEX: (SEARCH,), **dict.fromkeys(CARD_CONTROLS, (CARD,))}
"""Controls that only one of the two has."""
_LIVE: Final = "domain/insi.md §1.8 : réponse réelle de la plateforme de qualification, relevée par un éditeur"


def _entry(name: str, code: str, fr: str, en: str, wire: str, *, advice: Advice, **more: Any) -> None:
    """``more``: source and certainty; and the operations, where they are not both searches."""
    values = {"operations": (SEARCH, CARD)} | more
    register(
        f"insi.{name}",
        fr,
        en,
        wire,
        advice=advice,
        magic=f"PANNE INSI-{name.upper()}",
        service=SERVICE,
        point=FaultPoint.BEFORE_COMMIT,  # the call is told in an event, as any answered call is
        code=code,
        **values,
    )


def _wire(erreur: Erreur, dialect: str, http: int = 500) -> str:
    """What stands in the answer, byte for byte, between backquotes."""
    p, lang = ("S", "en") if dialect == "A" else ("soap", "fr")
    return (
        f"HTTP {http}; `<{p}:Value>{p}:{erreur.side}</{p}:Value>`, `<{p}:Value>{p}:{erreur.siram}</{p}:Value>`, "
        f'`xml:lang="{lang}">{erreur.reason}<`, `code="{erreur.code}"`, `severite="{erreur.severity}"`, '
        f"`>{erreur.text}</siram:Erreur>`"
    )


def _fault(
    name: str,
    erreur: Erreur,
    fr: str,
    en: str,
    advice: Advice,
    *,
    source: str,
    seen: Certainty,
    a: Certainty = _O,
    b: Certainty = _O,
) -> None:
    """The fault as the service of 2026 lays it out, and in each dialect; ``a``, ``b``: whether seen in that one."""
    native = "B" if erreur.front else "A"
    _entry(name, erreur.code, fr, en, _wire(erreur, native), advice=advice, source=source, certainty=seen)
    for dialect, certainty in (("A", a), ("B", b)):
        _entry(
            f"{name}-dialect-{dialect.lower()}",
            f"{erreur.code};dialect={dialect}",
            f"{fr} (dialecte {dialect})",
            f"{en} (dialect {dialect})",
            _wire(erreur, dialect),
            advice=advice.then(
                "Lire la faute par son espace de noms, jamais par son préfixe ni par l'ordre des attributs.",
                "Read the fault by its namespace, never by its prefix nor by the order of attributes.",
            ),
            source=source,
            certainty=certainty,
        )


_fault(
    "unknown-software",
    UNKNOWN_SOFTWARE,
    "Numéro d'autorisation du logiciel inconnu",
    "Unknown authorisation number of the software",
    SETTINGS,
    source=f"{_LIVE} (dialecte A en 2025, B depuis mai 2026)",
    seen=_F,
    a=_F,
    b=_F,
)
_fault(
    "access-denied",
    FORBIDDEN,
    "Niveau d'accès insuffisant (CN du certificat)",
    "Insufficient access level (CN of the certificate)",
    SETTINGS.then(
        "Le CN du certificat est exactement INSI-AUTO ou INSI-MANU.",
        "The certificate's CN is exactly INSI-AUTO or INSI-MANU.",
    ),
    source="domain/insi.md §1.8 : code et texte par la notice d'un client publié ; classe, camp, sévérité : les nôtres",
    seen=_S,
)
_fault(
    "unavailable",
    UNAVAILABLE,
    "La façade répond, INSi est indisponible",
    "The front end answers, INSi is unavailable",
    RETRY,
    source=f"{_LIVE} en 2025",
    seen=_F,
    b=_F,
)
_fault(
    "technical-error",
    TECHNICAL,
    "Erreur technique de la recherche ; aussi, en qualification, une personne inconnue",
    "Technical error of the search; on the qualification server an unknown person too",
    RETRY_SOON.then(
        "Si la même identité échoue toujours, la traiter comme non trouvée, sans bloquer l'accueil.",
        "If one identity always fails, treat it as not found and do not hold up the desk.",
    ),
    source=_LIVE,
    seen=_F,
    a=_F,
)
_fault(
    "missing-trait",
    missing("nom de naissance"),
    "Un trait obligatoire manque",
    "A mandatory trait is missing",
    CORRECT,
    source="domain/insi.md §1.8 : test d'un client publié, écrit d'après le guide",
    seen=_S,
)
_fault(
    "outage",
    OUTAGE,
    "Indisponibilité programmée des téléservices",
    "Planned outage of the services",
    RETRY.then("Travailler sans INS entre-temps, et le récupérer plus tard.", "Work without INS meanwhile."),
    source="domain/insi.md §1.8 : test d'un client publié, écrit d'après le guide",
    seen=_S,
)

_RESULT: Final = "domain/insi.md §1.7 : réponses réelles relevées par des éditeurs"
_entry(
    "no-identity",
    "01",
    "CodeCR 01 : personne ne correspond",
    "CodeCR 01: nobody matches",
    "HTTP 200; `<CodeCR>01</CodeCR>`, `<LibelleCR>Aucune identite trouvee</LibelleCR>`",
    advice=Advice(
        "Rappeler avec le prénom suivant, un appel par prénom, puis tous ; ensuite seulement dire « non trouvée ».",
        "Call again with the next first name, one call each, then all; only then say “not found”.",
    ),
    source=_RESULT,
    certainty=_F,
)
_entry(
    "several-identities",
    "02",
    "CodeCR 02 : plusieurs personnes correspondent",
    "CodeCR 02: several people match",
    "HTTP 200; `<CodeCR>02</CodeCR>`, `<LibelleCR>Plusieurs identites trouvees</LibelleCR>`",
    advice=Advice(
        "Rappeler avec les autres prénoms, puis avec le code du lieu de naissance ; ne jamais choisir à la place.",
        "Call again with the further first names, then with the code of the birth place; never choose instead.",
    ),
    source=_RESULT,
    certainty=_F,
)
_entry(
    "assertion-expired",
    EXPIRED.code,
    "Assertion périmée : plus d'une heure",
    "Assertion expired: more than an hour old",
    _wire(EXPIRED, "A"),
    advice=Advice(
        "Refaire l'assertion avec la carte, puis rappeler une fois.",
        "Make the assertion anew with the card, then call once more.",
    ),
    source="domain/insi.md §1.5 : la durée vient de la note d'un client publié ; code et texte sont les nôtres",
    certainty=_O,
)
_entry(
    "vitale-assertion-expired",
    VITALE_EXPIRED.code,
    "Assertion Vitale périmée : plus de vingt minutes",
    "Vitale assertion expired: more than twenty minutes old",
    _wire(VITALE_EXPIRED, "A"),
    advice=Advice(
        "Relire la carte Vitale, puis rappeler une fois.",
        "Read the Vitale card again, then call once more.",
    ),
    source="domain/insi.md §1.5 : la durée vient du cahier de tests du CNDA (1.02) ; code et texte sont les nôtres",
    certainty=_O,
    operations=(CARD,),
)
for _rule in (*CONTROLS, *CARD_CONTROLS):
    _code = _rule.error_code or ""
    _entry(
        f"control-{_rule.id.removeprefix('insi.').replace('.', '-')}",
        _code,
        f"Contrôle de saisie : {_rule.title_fr}",
        f"Input control: {_rule.title_en}",
        _wire(INJECTED[_code], "A"),
        advice=CORRECT.then(_rule.remedy, "The rule of the same name says how."),
        source=f"domain/insi.md §2, §7 : {_rule.source} ; le code {_code} est le nôtre",
        certainty=_O,
        operations=_OF_CONTROL.get(_rule, (SEARCH, CARD)),
    )
for _name, _http in (("ok", 200), ("bad-request", 400), ("forbidden", 403), ("service-unavailable", 503)):
    _entry(
        f"fault-with-http-{_name}",
        f"{TECHNICAL.code};http={_http}",
        f"Faute SOAP sous le statut HTTP {_http} au lieu de 500",
        f"SOAP fault under HTTP status {_http} instead of 500",
        _wire(TECHNICAL, "A", _http),
        advice=Advice(
            "Lire le corps quel que soit le statut : c'est lui qui dit le code.",
            "Read the body whatever the status: it is what tells the code.",
        ),
        source="domain/insi.md §1.9 : ces statuts font perdre le code à de vrais clients ; le service réel répond 500",
        certainty=_O,
    )
gateway_entries("insi", SERVICE, lambda name: f"PANNE INSI-{name.upper()}")
