"""The rules of ``socle.soap.xml``, in the order they are checked."""

from socle.rules import REGISTRY, Certainty, Rule

_XML = "W3C XML 1.0 (Fifth Edition)"
_OURS = "Socles: limits of the sandbox (DESIGN D15)"

EMPTY = REGISTRY.add(
    Rule(
        id="xml.empty",
        title_fr="Le message est vide",
        title_en="The message is empty",
        source=_XML,
        certainty=Certainty.FAITHFUL,
        remedy="Envoyer un document XML; vérifier que le corps HTTP est bien transmis (Content-Length, chunked).",
        structural=True,
    )
)
SIZE = REGISTRY.add(
    Rule(
        id="xml.size",
        title_fr="Le document XML est trop volumineux",
        title_en="The XML document is too large",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Transmettre les documents en pièces MTOM plutôt que dans l'enveloppe.",
        structural=True,
    )
)
CHARSET = REGISTRY.add(
    Rule(
        id="xml.charset",
        title_fr="Le jeu de caractères du message est inconnu, ou ses octets ne le respectent pas",
        title_en="The message's charset is unknown, or its bytes do not follow it",
        source="RFC 7303 §3: byte order mark, then the charset parameter, then the XML declaration",
        certainty=Certainty.FAITHFUL,
        remedy="Encoder le message en UTF-8 et l'annoncer ainsi dans le Content-Type et la déclaration XML.",
        structural=True,
    )
)
DOCTYPE = REGISTRY.add(
    Rule(
        id="xml.doctype",
        title_fr="Une déclaration DOCTYPE ou des entités sont interdites",
        title_en="A DOCTYPE declaration or entities are forbidden",
        source="W3C SOAP 1.2 Part 1 §5: a message must not contain a document type declaration",
        certainty=Certainty.FAITHFUL,
        remedy="Retirer la déclaration DOCTYPE et les entités du message.",
        structural=True,
    )
)
WELL_FORMED = REGISTRY.add(
    Rule(
        id="xml.well-formed",
        title_fr="Le message n'est pas du XML bien formé",
        title_en="The message is not well-formed XML",
        source=_XML,
        certainty=Certainty.FAITHFUL,
        remedy="Corriger le XML à la ligne indiquée.",
        structural=True,
    )
)
DEPTH = REGISTRY.add(
    Rule(
        id="xml.depth",
        title_fr="Le document XML est trop profond",
        title_en="The XML document is nested too deeply",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Réduire l'imbrication des éléments.",
        structural=True,
    )
)
ELEMENTS = REGISTRY.add(
    Rule(
        id="xml.elements",
        title_fr="Le document XML contient trop d'éléments",
        title_en="The XML document has too many elements",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Répartir l'envoi en plusieurs messages.",
        structural=True,
    )
)
ATTRIBUTES = REGISTRY.add(
    Rule(
        id="xml.attributes",
        title_fr="Un élément XML porte trop d'attributs",
        title_en="An XML element has too many attributes",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Réduire le nombre d'attributs de l'élément.",
        structural=True,
    )
)
TEXT = REGISTRY.add(
    Rule(
        id="xml.text",
        title_fr="Un texte ou une valeur d'attribut XML est trop long",
        title_en="An XML text or attribute value is too long",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Transmettre les contenus volumineux en pièces MTOM.",
        structural=True,
    )
)
