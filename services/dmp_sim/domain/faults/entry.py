"""How an entry of the DMP is registered."""

from typing import Any, Final

from socle.control.port import FaultPoint
from socle.faults.advice import Advice
from socle.faults.register import register

SERVICE: Final = "dmp_sim"
DEPOSIT, QUERY, RETRIEVE = ("iti41",), ("iti18",), ("iti43",)
DEPOSIT_OR_QUERY: Final = DEPOSIT + QUERY
REPOSITORY: Final = DEPOSIT + RETRIEVE
ALL: Final = DEPOSIT + QUERY + RETRIEVE

RELOAD: Final = Advice(
    "Relire le document (TD3.1) pour avoir sa version du moment, puis refaire l'acte une fois.",
    "Read the document again (TD3.1) to have its present version, then do the act once more.",
)
KNOWN: Final = Advice(
    "Ne pas redéposer : vérifier par TD3.1 que le document y est. Si oui, le dépôt a déjà réussi.",
    "Do not deposit again: look by TD3.1 whether the document is there. If so, the deposit has already succeeded.",
)
EDITOR: Final = Advice(
    "Ne jamais réessayer tel quel : c'est un défaut du logiciel. Prévenir l'éditeur, avec la trace de l'échange.",
    "Never try again unchanged: it is a defect of the software. Tell the editor, with the trace of the exchange.",
)


def add(name: str, code: str | None, fr: str, en: str, wire: str, *, advice: Advice, **more: Any) -> None:
    """Register ``dmp.{name}``: a refusal before the commit, told in an event as any other, unless ``more`` differs."""
    values = {"service": SERVICE, "point": FaultPoint.BEFORE_COMMIT, "code": code} | more
    register(f"dmp.{name}", fr, en, wire, advice=advice, magic=f"[socles:dmp.{name}]", **values)
