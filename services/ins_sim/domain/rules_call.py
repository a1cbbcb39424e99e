"""Rules of a call beside the form of its traits: MessageID, lunar dates, what the sandbox itself is told to do."""

from ins_sim.domain.rules import CONTEXTS, FAITHFUL, INFO, OURS, OWN, TOLERATES, UNKNOWN, WARNING, rule

NO_MESSAGE_ID = rule(
    "message-id.absent",
    "MessageID absent",
    "MessageID is missing",
    (CONTEXTS, FAITHFUL, UNKNOWN),
    "Joindre wsa:MessageID : uuid:<UUID>.",
    severity=INFO,
)
LUNAR = rule(
    "birth-date.lunar",
    "Date de naissance lunaire (jour ou mois 00)",
    "Lunar birth date (day or month 00)",
    ("type DateLunaire of the public WSDL package: the schema admits it", FAITHFUL, TOLERATES),
    "Compléter le jour ou le mois inconnu selon le RNIV : aucune personne du bac à sable n'est née à une telle date.",
    severity=INFO,
)
OTHER_ACTION = rule(
    "operation.action",
    "L'action n'est pas celle de l'opération du corps : c'est le corps qui a été lu",
    "The action is not that of the body's operation: the body was answered",
    ("Socles: dispatch by action and body was read, never which one wins (domain/insi.md §1.3)", OWN, UNKNOWN),
    "Envoyer l'action de l'opération que demande le corps, dans wsa:Action comme dans le Content-Type.",
    severity=WARNING,
)
BEHAVIOUR = rule(
    "behaviour.header",
    "En-tête X-Socles-Behaviour inconnu",
    "Unknown header X-Socles-Behaviour",
    (OURS, OWN, UNKNOWN),
    "Envoyer test-book ou qualification-2026, ou retirer l'en-tête.",
    code="socles_221",
    structural=True,
)
OPTION = rule(
    "option.value",
    "Option de l'espace illisible : elle est sans effet",
    "Unreadable option of the workspace: it has no effect",
    (OURS, OWN, UNKNOWN),
    "Corriger l'option : socles workspace set ; les valeurs admises sont dans docs/insi.md.",
    severity=WARNING,
)
