"""How an entry of MSSanté is registered."""

from typing import Final

from socle.control.port import FaultPoint
from socle.faults.advice import Advice
from socle.faults.register import register
from socle.rules import Certainty

SERVICE: Final = "mss_sim"
SMTP: Final = "domain/mssante.md §1.3 (SMTPERRORCODE) ; RFC 5321 §4.2"
LISTED: Final = "domain/mssante.md §1.3 (SMTPERRORCODE) ; code étendu et texte : les nôtres"
OWN: Final = "domain/mssante.md §8 ; texte : le nôtre"


def add(
    name: str,
    code: str,
    text: str,
    fr: str,
    *,
    operations: tuple[str, ...],
    advice: Advice,
    source: str,
    certainty: Certainty,
    wire: str = "",
    where: str = "to",
) -> None:
    """Register ``mss.{name}``. ``text`` is the reply's, and the English title; ``where``: what carries the magic word.

    What is refused at DATA is refused once the content has come: its subject may then ask for it.
    """
    word = f"{where}: panne.mss-{name}"
    if where != "helo":
        word += "@…"
    if operations == ("DATA",):
        word += f" · subject: [socles:mss.{name}]"
    register(
        f"mss.{name}",
        fr,
        text,
        wire or f"SMTP {'/'.join(operations)}: `{code} {text}`",
        advice=advice,
        magic=word,
        service=SERVICE,
        operations=operations,
        point=FaultPoint.BEFORE_COMMIT if operations == ("DATA",) else FaultPoint.RECEIVED,
        code=code,
        reason=text,
        source=source,
        certainty=certainty,
    )
