"""The rules of the envelope and of what carries it."""

from socle.rules import REGISTRY, Certainty, Rule, Severity

_SOAP = "W3C SOAP 1.2 Part 1, SOAP 1.1"

NO_ENVELOPE = REGISTRY.add(
    Rule(
        id="soap.envelope",
        title_fr="L'élément racine n'est pas une enveloppe SOAP 1.1 ou 1.2",
        title_en="The root element is not a SOAP 1.1 or 1.2 envelope",
        source=_SOAP,
        certainty=Certainty.FAITHFUL,
        remedy="Envoyer un élément Envelope de l'espace de noms SOAP 1.2 ou SOAP 1.1.",
        structural=True,
    )
)
NO_BODY = REGISTRY.add(
    Rule(
        id="soap.body",
        title_fr="Le corps SOAP est absent ou vide",
        title_en="The SOAP Body is missing or empty",
        source=_SOAP,
        certainty=Certainty.FAITHFUL,
        remedy="Placer la requête comme premier élément fils de Body.",
        structural=True,
    )
)
UNKNOWN_ACTION = REGISTRY.add(
    Rule(
        id="soap.action",
        title_fr="Ni l'action ni le corps ne désignent une opération de ce service",
        title_en="Neither the action nor the body names an operation of this service",
        source="W3C WS-Addressing 1.0 SOAP Binding §6.4.2 (ActionNotSupported)",
        certainty=Certainty.FAITHFUL,
        remedy="Vérifier wsa:Action, l'élément racine du corps et l'adresse appelée.",
        error_code="ActionNotSupported",
        structural=True,
    )
)
METHOD = REGISTRY.add(
    Rule(
        id="soap.method",
        title_fr="La requête HTTP n'est pas un POST",
        title_en="The HTTP request is not a POST",
        source="W3C SOAP 1.2 Part 2 §7 (HTTP binding)",
        certainty=Certainty.SIMPLIFIED,
        remedy="Envoyer l'enveloppe par POST ; GET ?wsdl donne le WSDL là où il y en a un.",
        structural=True,
    )
)
CONTENT_ENCODING = REGISTRY.add(
    Rule(
        id="soap.content-encoding",
        title_fr="Le corps HTTP est compressé",
        title_en="The HTTP body is compressed",
        source="Socles: the services' clients do not compress requests",
        certainty=Certainty.OURS,
        remedy="Envoyer la requête sans Content-Encoding.",
        structural=True,
    )
)
DISCONNECTED = REGISTRY.add(
    Rule(
        id="soap.disconnected",
        title_fr="Le client a coupé la connexion, ou s'est tu, avant la fin de la requête",
        title_en="The client closed the connection, or fell silent, before the end of the request",
        source="RFC 9112 §8",
        certainty=Certainty.FAITHFUL,
        remedy="Vérifier les délais d'attente du client et le Content-Length annoncé.",
        structural=True,
    )
)
UNKNOWN_WORKSPACE = REGISTRY.add(
    Rule(
        id="workspace.unknown",
        title_fr="L'espace de travail demandé n'existe pas",
        title_en="The requested workspace does not exist",
        source="Socles: DESIGN D7",
        certainty=Certainty.OURS,
        remedy="Créer l'espace par /_sandbox/workspaces, ou corriger le nom d'hôte, l'en-tête ou le chemin.",
        structural=True,
    )
)
OVERLOAD = REGISTRY.add(
    Rule(
        id="overload.queue",
        title_fr="Le service est saturé; la requête n'a pas été traitée",
        title_en="The service is saturated; the request was not processed",
        source="Socles: DESIGN D16",
        certainty=Certainty.OURS,
        remedy="Renouveler la requête plus tard, ou relever les limites d'admission.",
        severity=Severity.ERROR,
        structural=True,
    )
)
NOT_STORED = REGISTRY.add(
    Rule(
        id="store.not-committed",
        title_fr="La base de données n'a pas enregistré l'acte",
        title_en="The database did not commit the act",
        source="Socles: DESIGN D5, D16",
        certainty=Certainty.OURS,
        remedy="Renouveler la requête plus tard: la base du bac à sable est absente ou ne peut plus écrire.",
        structural=True,
    )
)
UNEXPECTED = REGISTRY.add(
    Rule(
        id="soap.unexpected",
        title_fr="Le bac à sable a rencontré une erreur interne",
        title_en="The sandbox met an internal error",
        source="Socles: DESIGN D8",
        certainty=Certainty.OURS,
        remedy="Signaler l'échange à l'exploitant du bac à sable: la cause est dans son journal technique.",
        structural=True,
    )
)
