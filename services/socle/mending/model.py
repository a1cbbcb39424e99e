"""How a message is mended: a rule's mender plans edits, the ground makes them in place, the checks are run again.

A mender is a pure function: what the service read of the message, and one finding, to edits. It plans nothing when a
human has to decide (which patient? which document?); the finding is then among what is left.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from socle.rules import Finding, Rule

C = TypeVar("C")
E = TypeVar("E")


class Do(StrEnum):
    """What an edit does to the element at its path."""

    SET = "set"
    """Its attribute ``name`` becomes ``value``."""
    TEXT = "text"
    """Its content becomes the text ``value``."""
    FIRST = "first"
    """``value``, an XML fragment that declares its namespaces, becomes its first child …"""
    LAST = "last"
    """… its last child …"""
    BEFORE = "before"
    """… stands before it …"""
    AFTER = "after"
    """… or after it."""
    REMOVE = "remove"
    """It goes."""
    SORT = "sort"
    """Its children come in the order of the local names in ``value``; others come last."""
    RENAME = "rename"
    """Everywhere in the document the identifier ``name`` becomes ``value``; the path does not matter."""
    REPAIR = "repair"
    """Bare ampersands, wrong charset, DOCTYPE: what keeps the document from being read; the path does not matter."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one XML document, told by an XPath: the first element it finds."""

    do: Do
    path: str = "/*"
    value: str = ""
    name: str = ""
    document: str | None = None
    """None: the envelope. Else an XPath to the element of the envelope that holds the document, inline or by
    xop:Include."""


@dataclass(frozen=True, slots=True)
class Mender(Generic[C, E]):
    """What can be done about a rule, in a sentence, and how."""

    rule: str
    fr: str
    en: str
    plan: Callable[[C, Finding], Iterable[E]]


class Menders(Generic[C, E]):
    """Those of one service, whose edits are ``E``. ``namespaces`` are the prefixes of its XPaths."""

    def __init__(self, namespaces: Mapping[str, str] | None = None) -> None:
        self.namespaces = namespaces or {}
        self._by_rule: dict[str, Mender[C, E]] = {}

    def mends(
        self, rule: Rule, fr: str, en: str
    ) -> Callable[[Callable[[C, Finding], Iterable[E]]], Callable[[C, Finding], Iterable[E]]]:
        """Decorates the mender of ``rule``; the sentences say what it does. A second one for a rule is an error."""

        def register(plan: Callable[[C, Finding], Iterable[E]]) -> Callable[[C, Finding], Iterable[E]]:
            if rule.id in self._by_rule:
                raise ValueError(f"rule {rule.id!r} has two menders")
            self._by_rule[rule.id] = Mender(rule.id, fr, en, plan)
            return plan

        return register

    def get(self, rule_id: str) -> Mender[C, E] | None:
        return self._by_rule.get(rule_id)

    def __iter__(self) -> Iterator[Mender[C, E]]:
        return iter(sorted(self._by_rule.values(), key=lambda mender: mender.rule))


@dataclass(frozen=True, slots=True)
class Anew:
    """Identifiers that a message must not carry twice: rule that says so, and the edits that give it new ones."""

    rule: str
    where: str
    fr: str
    en: str
    edits: Sequence[Edit]


@dataclass(frozen=True, slots=True)
class Planned:
    """An edit, with the finding it answers and the words that tell of it."""

    edit: Edit
    rule: str
    where: str
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Change:
    """One edit that was made. ``before`` and ``after`` are the text it replaced and put there, cut when long."""

    rule: str
    where: str
    before: str
    after: str
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Left:
    """A finding of the mended message: what a human must decide, or do."""

    rule: str
    fr: str
    en: str


@dataclass(slots=True)
class Mended:
    """A message to send again."""

    content_type: str
    body: bytes
    changes: list[Change] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


class NotMendable(Exception):
    """There is nothing to mend here; ``code`` is for programs, the texts are for people."""

    def __init__(self, code: str, fr: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.fr = fr
        self.en = en


MENDED_PROTOCOLS = frozenset({"soap", "smtp"})
NOT_OURS = NotMendable(
    "protocol",
    "Seuls se corrigent les appels SOAP (INSi, DMP) et les messages remis à MSSanté. Pour une requête de /fhir ou de "
    "Pro Santé Connect, les remèdes des constats disent quoi changer.",
    "Only SOAP calls (INSi, DMP) and mails given to MSSanté are mended. For a request of /fhir or of Pro Santé "
    "Connect, the findings' remedies tell what to change.",
)


def left_of(findings: Iterable[Finding]) -> list[Left]:
    """Findings that nobody mended, each rule once: French readers get the remedy, where and what was found."""
    told: dict[str, Left] = {}
    for finding in findings:
        rule, at = finding.rule, f" ({finding.where})" if finding.where else ""
        told.setdefault(rule.id, Left(rule.id, f"{rule.remedy}{at}", f"To be decided by a human: {rule.title_en}{at}"))
    return list(told.values())
