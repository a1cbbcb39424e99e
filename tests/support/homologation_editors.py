"""Two softwares under test over the real wire: one that does as the book asks, one that fails each case its own way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from lxml import etree

from ins_sim.domain.mending import transcribed
from ins_sim.wire.names import RESULTAT
from support import insi, insi_card

REPORT = "/_sandbox/ins_sim/homologation"
OLD = timedelta(minutes=25)


class Editor:
    """Calls INSi of one workspace as one software; ``identity``: as the report tells what to type."""

    def __init__(self, url: str, *, name: str = "essai", idam: str = "GE000000000") -> None:
        self.url = url
        self.name = f"urn:lps:{name}:1.0"
        self.idam = idam

    def search(
        self,
        name: str,
        given: Sequence[str],
        sex: str,
        born: str,
        place: str = "",
        *,
        assertion: bool = True,
        emetteur: str = "10B0152872",
    ) -> str:
        """One WS_INS2; gives the CodeCR, empty for a fault."""
        security = insi.assertion("CPS", "750000001") if assertion else ""
        headers = insi.blocks(idam=self.idam, name=self.name, security=security, emetteur=emetteur)
        return self._post(insi.message(insi.body(name, given, sex, born, place or None), headers), insi.CONTENT_TYPE)

    def search_card(self, born: str = "1977-07-14", *, age: timedelta | None = timedelta(seconds=1)) -> str:
        """One WS_INS1 with the card INSi 01, whose assertion is so old; None: it is left out."""
        professional = insi.assertion("CPS", "750000001")
        issued = datetime.now(UTC) - (age or timedelta())
        vitale = (
            f'<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="_cv{issued.timestamp()}" '
            f'IssueInstant="{issued:%Y-%m-%dT%H:%M:%SZ}"><Issuer>CN=VITALE</Issuer></Assertion>'
        )
        security = (
            professional if age is None else professional.replace("</wsse:Security>", f"{vitale}</wsse:Security>")
        )
        headers = insi_card.card_blocks(
            idam=self.idam, name=self.name, security=security, coverage=insi_card.coverage(born=born)
        )
        return self._post(insi_card.card_message(insi_card.card_body(born=born), headers), insi_card.CARD_TYPE)

    def report(self, **asked: Any) -> dict[str, Any]:
        """The verdicts as JSON."""
        answer = httpx.get(self.url + REPORT, params=asked, timeout=30, trust_env=False)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def verdicts(self, **asked: Any) -> dict[str, str]:
        return {case["id"]: case["verdict"] for case in self.report(**asked)["cases"]}

    def _post(self, content: bytes, kind: str) -> str:
        answer = httpx.post(
            f"{self.url}/lps", content=content, headers={"Content-Type": kind}, timeout=30, trust_env=False
        )
        return etree.fromstring(answer.content).findtext(f".//{{{RESULTAT}}}CodeCR", "")


class Good(Editor):
    """Transliterates, tries one first name after the other, stops at 00 and at 02."""

    def play(self, case: Mapping[str, Any]) -> None:
        identity = case["identity"]
        if case["id"] == "1.02":
            self.search_card(age=OLD)  # as it was sent twenty-five minutes ago
        if case["card"]:
            self.search_card()
            return
        name = transcribed(identity["birthName"], given=False)
        for given in identity["givenNames"].split():
            sent = transcribed(given, given=True)
            if self.search(name, [sent], identity["sex"], identity["birthDate"], identity["birthPlace"]) != "01":
                return


class Bad(Editor):
    """Each case wrong in a way of its own."""

    def play(self, case: Mapping[str, Any]) -> None:
        self.wrong[case["id"]]()

    @property
    def wrong(self) -> Mapping[str, Callable[[], object]]:
        return {
            "1.01": lambda: self.search_card(age=None),
            "1.02": lambda: self.search_card(age=OLD),
            "1.03": lambda: self.search_card("1977-07-15"),
            "1.10": lambda: self.search_card(age=OLD),
            "2.03-1": lambda: self.search("DARTAGNAN DE LHERAULT", ["PIERRE-ALAIN"], "M", "2001-06-17"),
            "2.03-2": lambda: self.search("ADRTROIS", ["TOUSSAINT"], "M", "1960-01-01"),
            "2.03-3": lambda: self.search("D'ÆION", ["COEUR"], "M", "1987-01-25"),
            "2.04-1": lambda: self.search("ECETINSI", ["Pierre-Alain"], "M", "2009-07-14"),
            "2.04-2": lambda: self.search("ECETINSI", ["PIERRE-ALAIN"], "M", "14/07/2009"),
            "2.05": lambda: self.search("PROVISOIRE", ["MATRICULE"], "1", "2009-07-01"),
            "2.06-1": lambda: self.search("DE VINCI", ["LEONARDO"], "M", "2014-02-01", assertion=False),
            "2.06-2": lambda: self.search("DE VINCI", ["LEONARDO"], "M", "2014-02-01", "63220"),
            "2.07-1": lambda: self.search("TCHITCHI", ["OLA"], "F", "1936-06-21"),
            "2.07-2": lambda: self.search("HOUILLES", ["PIERRE PAUL JACQUES"], "M", "1993-01-27"),
            "2.08-1": lambda: self.search("CORSE", ["ANTHONY"], "F", "1980-03-02"),
            "2.08-2": lambda: self.search("HERMANN", ["GATIEN"], "M", "1981-03-24", "75056"),
        }


REASONS = {
    "1.01": "L'assertion de la carte Vitale est périmée",
    "1.02": "L'assertion de la carte Vitale est périmée",
    "1.03": "La carte ne porte pas ce bénéficiaire",
    "1.10": "L'assertion de la carte Vitale est périmée",
    "2.03-1": "Nom de naissance : ce n'est pas celui du cas",
    "2.03-2": "Lieu de naissance : ce n'est pas celui du cas",
    "2.03-3": "Ligature dans un nom",
    "2.04-1": "Date de naissance mal formée",
    "2.04-2": "Date de naissance mal formée",
    "2.05": "Sexe autre que M ou F",
    "2.06-1": "Appel sans authentification",
    "2.06-2": "L'appel n'a pas suivi le cas 2.06 cas 1",
    "2.07-1": "Le logiciel s'est arrêté avant la fin",
    "2.07-2": "Prénom envoyé : ce n'est pas celui du cas",
    "2.08-1": "Sexe : ce n'est pas celui du cas",
    "2.08-2": "Lieu de naissance : ce n'est pas celui du cas",
}
"""Of the bad software. Where cases share a person, the newest call counts in each: that of 1.10 in 1.01 too."""
