"""How the provider's rules are written down."""

from typing import Any, Final

from socle.rules import REGISTRY, Certainty, Rule, Severity

_F: Final = Certainty.FAITHFUL
_S: Final = Certainty.SIMPLIFIED


def refuse(
    name: str, error: str, fr: str, en: str, remedy: str, *, source: str, certainty: Certainty = _F, **more: Any
) -> Rule:
    """A refusal with its OAuth error, whatever the strictness unless ``more`` says otherwise."""
    rule = Rule(f"psc.{name}", fr, en, source, certainty, remedy, error_code=error, **{"structural": True} | more)
    return REGISTRY.add(rule)


def remark(name: str, fr: str, en: str, remedy: str, *, source: str, certainty: Certainty = _S) -> Rule:
    """A remark: nothing is refused for it."""
    return REGISTRY.add(Rule(f"psc.{name}", fr, en, source, certainty, remedy, severity=Severity.WARNING))
