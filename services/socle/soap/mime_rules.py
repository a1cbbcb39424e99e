"""The rules of multipart bodies."""

from socle.rules import REGISTRY, Certainty, Rule

_RFC2046 = "RFC 2046 §5.1, RFC 2387"
_OURS = "Socles: limits of the sandbox (DESIGN D15)"

BOUNDARY = REGISTRY.add(
    Rule(
        id="mime.boundary",
        title_fr="Le Content-Type multipart n'a pas de boundary utilisable",
        title_en="The multipart Content-Type has no usable boundary",
        source=_RFC2046,
        certainty=Certainty.FAITHFUL,
        remedy="Donner le paramètre boundary (70 caractères au plus) dans le Content-Type.",
        structural=True,
    )
)
TRUNCATED = REGISTRY.add(
    Rule(
        id="mime.truncated",
        title_fr="Le message multipart est tronqué",
        title_en="The multipart message is truncated",
        source=_RFC2046,
        certainty=Certainty.FAITHFUL,
        remedy="Terminer le corps par «--boundary--»; vérifier le Content-Length et le boundary annoncé.",
        structural=True,
    )
)
HEADERS = REGISTRY.add(
    Rule(
        id="mime.part-headers",
        title_fr="Les en-têtes d'une pièce MIME sont trop longs ou illisibles",
        title_en="The headers of a MIME part are too long or unreadable",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Séparer les en-têtes du contenu par une ligne vide; 16 Ko au plus.",
        structural=True,
    )
)
ENCODING = REGISTRY.add(
    Rule(
        id="mime.transfer-encoding",
        title_fr="Le Content-Transfer-Encoding d'une pièce est inconnu, ou son contenu ne le respecte pas",
        title_en="The Content-Transfer-Encoding of a part is unknown, or its content does not follow it",
        source="RFC 2045 §6",
        certainty=Certainty.FAITHFUL,
        remedy="Employer binary, 8bit, 7bit ou base64.",
        structural=True,
    )
)
PART_SIZE = REGISTRY.add(
    Rule(
        id="mime.part-size",
        title_fr="Une pièce MIME dépasse la taille permise",
        title_en="A MIME part is larger than allowed",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Réduire le document (100 Mo par pièce par défaut).",
        structural=True,
    )
)
TOTAL_SIZE = REGISTRY.add(
    Rule(
        id="mime.total-size",
        title_fr="Le message dépasse la taille permise",
        title_en="The message is larger than allowed",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Répartir les documents en plusieurs lots.",
        structural=True,
    )
)
PARTS = REGISTRY.add(
    Rule(
        id="mime.parts",
        title_fr="Le message contient trop de pièces MIME",
        title_en="The message has too many MIME parts",
        source=_OURS,
        certainty=Certainty.OURS,
        remedy="Répartir les documents en plusieurs lots.",
        structural=True,
    )
)
NO_PART = REGISTRY.add(
    Rule(
        id="mime.no-part",
        title_fr="Le message multipart ne contient aucune pièce",
        title_en="The multipart message has no part",
        source=_RFC2046,
        certainty=Certainty.FAITHFUL,
        remedy="Placer l'enveloppe SOAP dans la première pièce.",
        structural=True,
    )
)
MISSING_PART = REGISTRY.add(
    Rule(
        id="mime.missing-part",
        title_fr="La pièce désignée par xop:Include est absente du message",
        title_en="The part a xop:Include refers to is not in the message",
        source="W3C XML-binary Optimized Packaging §4.1",
        certainty=Certainty.FAITHFUL,
        remedy="Joindre une pièce dont le Content-ID est celui du href, après décodage d'URL.",
        structural=True,
    )
)
INLINE_BASE64 = REGISTRY.add(
    Rule(
        id="mime.inline-base64",
        title_fr="Le contenu inclus dans l'enveloppe n'est pas du base64",
        title_en="The content inlined in the envelope is not base64",
        source="W3C XML Schema Part 2 §3.2.16 base64Binary",
        certainty=Certainty.FAITHFUL,
        remedy="Encoder le document en base64, ou le joindre par xop:Include.",
        structural=True,
    )
)
