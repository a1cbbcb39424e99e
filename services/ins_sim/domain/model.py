"""What an INSi call asks, who may be found, and what is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from ins_sim.domain.coverage import Coverage
from socle.assertions.freshness import Instants
from socle.rules import Finding


class Number(Protocol):
    """One matricule with its OID; ``valid_from`` and ``valid_to`` are the DateDeb and DateFin of an INSHISTO."""

    @property
    def matricule(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    @property
    def oid(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


class Individual(Protocol):
    """A person of the population, as far as INSi is concerned."""

    @property
    def id(self) -> str: ...
    @property
    def birth_name(self) -> str: ...
    @property
    def given_names(self) -> Sequence[str]: ...
    @property
    def sex(self) -> str: ...
    @property
    def birth_date(self) -> date: ...
    @property
    def birth_place(self) -> str | None: ...
    @property
    def ins(self) -> Number | None: ...
    @property
    def history(self) -> Sequence[Number]: ...
    @property
    def known_to_insi(self) -> bool: ...
    @property
    def outcome(self) -> str | None: ...


class Directory(Protocol):
    """Where individuals are looked up: the population of one workspace."""

    def persons_by_birth(self, birth_name: str, sex: str, birth_date: date) -> Sequence[Individual]: ...


@dataclass(slots=True)
class Traits:
    """The content of RECSANSVITALE as it was sent, nothing trimmed; an absent trait is an empty string."""

    birth_name: str = ""
    given_names: list[str] = field(default_factory=list)
    """One for each ``Prenom``; each may hold several names with spaces between them."""
    sex: str = ""
    birth_date: str = ""
    birth_place: str = ""
    surplus: list[str] = field(default_factory=list)
    """Names of elements that WS_INS2 does not know."""
    ordered: bool = True
    """The elements came in the order of the schema."""

    @property
    def tokens(self) -> list[str]:
        """The first names one by one, whichever way they were sent."""
        return " ".join(self.given_names).split()


@dataclass(slots=True)
class Software:
    """What ContexteLPS says of the calling software; empty strings where it says nothing."""

    idam: str = ""
    """The CNDA authorisation number."""
    name: str = ""
    """``urn:lps:<name>:<version>``, ``urn:lps:<name>`` or a bare name."""
    version: str = ""
    instance: str = ""

    @property
    def label(self) -> str | None:
        """One line for events: name and version, else the authorisation number."""
        name = self.name.removeprefix("urn:lps:").partition(":")[0]
        if name:
            return f"{name} {self.version}" if self.version else name
        return self.idam or None


@dataclass(slots=True)
class Context:
    """One of the two context blocks, ContexteBAM or ContexteLPS."""

    present: bool = False
    version: str = ""
    id: str = ""
    time: str = ""
    issuer: str = ""
    """``Emetteur``: the structure or the professional that calls."""
    coverage: bool = False
    """ContexteBAM only: COUVERTURE is there …"""
    covered: Coverage | None = None
    """… and what it says; None: it is empty, as WS_INS2 wants it."""


class Mode(StrEnum):
    """How the caller says who he is (domain: the four authentication modes, ApCV apart)."""

    CARD = "card"
    CERTIFICATE = "certificate"
    PSC = "psc"


_NEVER: Final = Instants()


@dataclass(slots=True)
class Assertion:
    """What the security header's first assertion says."""

    count: int = 0
    """Of all assertions there."""
    instants: Instants = _NEVER
    qualifier: str = ""
    """``NameQualifier`` as it was sent."""
    mode: Mode = Mode.CERTIFICATE
    subject: str = ""
    billing_id: str = ""
    """``identifiantFacturation``: FINESS of the site, SIRET, or a professional's billing number."""
    sector: str = ""
    """``secteurActivite``: ``SA05`` …"""


@dataclass(slots=True)
class Caller:
    """What every call says beside its body: contexts, software, assertion, message."""

    bam: Context = field(default_factory=Context)
    lps: Context = field(default_factory=Context)
    software: Software = field(default_factory=Software)
    assertion: Assertion = field(default_factory=Assertion)
    message_id: str | None = None
    soap12: bool = True

    @property
    def issuer(self) -> str:
        """The Emetteur that stands for the caller: the two contexts carry the same one."""
        return self.lps.issuer or self.bam.issuer


@dataclass(slots=True)
class Request(Caller):
    """One WS_INS2 request."""

    traits: Traits = field(default_factory=Traits)


class CodeCR(StrEnum):
    """The compte rendu of a search."""

    FOUND = "00"
    NONE = "01"
    SEVERAL = "02"


class Answer(NamedTuple):
    """A search that came to its end; ``individual`` is there for ``00`` only."""

    code: CodeCR
    individual: Individual | None = None
    history: Sequence[Number] | None = None
    """The former numbers told; None: all of the individual's."""

    @property
    def findings(self) -> Sequence[Finding]:
        """A search tells nothing beside its answer."""
        return ()
