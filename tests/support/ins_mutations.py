"""The mutators of WS_INS2 (``support.ins_mutators``), and sound requests for them to break."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from ins_sim.domain import rules, rules_call
from ins_sim.wire.names import ACTION, VITALE_ACTION
from ins_sim.wire.verification import ACTION as VERIFICATION_ACTION
from socle.control.model import Person
from socle.soap.model import SOAP11
from support.ins_mutators import Mutator, Said, born, in_given, in_name, inserted, lowered, swapped, without
from support.insi import COVERAGE, HEADER_BLOCKS, assertion

ACCENTS = "ÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸÑ"
DOUBLED = ("  ", "''", " '", "' ")
SECURITIES = (
    "",
    '<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/>',
    assertion("CPS", "1690000013"),
    assertion("PSC", "1690000013", capital=True),
)


def _name(name: str, rule: rules.Rule, change: object, *also: rules.Rule) -> Iterator[Mutator]:
    told = tuple(one.id for one in also)
    yield Mutator(f"{name} in the birth name", rule.id, in_name(change), told)  # type: ignore[arg-type]
    yield Mutator(f"{name} in a first name", rule.id, in_given(change), told)  # type: ignore[arg-type]


def _surplus(said: Said, roll: Random) -> Said:
    end = said.element("RECSANSVITALE").replace("<", "</")
    extra = roll.choice((said.whole("NomUsage", "X"), '<Sexe xmlns="urn:x">M</Sexe>', said.whole("prenom", "ANNE")))
    return said.edited(end, extra + end)


def _disordered(said: Said, roll: Random) -> Said:
    first = said.whole("Sexe", said.sex)
    root = '="http://www.cnamts.fr/INSiRecSans">'
    return said.edited(first, "").edited(root, root + first)


def _twice(said: Said, roll: Random) -> Said:
    name, text = roll.choice((("Sexe", said.sex), ("DateNaissance", said.born)))
    one = said.whole(name, text)
    return said.edited(one, one + one)


MUTATORS = (
    *_name("lower case", rules.LOWER_CASE, lowered),
    *_name("an accent", rules.ACCENT, swapped(ACCENTS)),
    *_name("a ligature", rules.LIGATURE, inserted("Æ", "Œ", "ﬁ", "Ĳ")),
    *_name("a typographic apostrophe", rules.APOSTROPHE, inserted("’", "‘", "´", "`")),
    *_name("a strange character", rules.CHARSET, inserted("0", "7", ".", ",", "_", "/", "(", "*", "+", "@", "\u00a0")),
    *_name("a first blank or hyphen", rules.FIRST, lambda text, roll: roll.choice(" -") + text),
    *_name("doubled separators", rules.SEPARATORS, inserted(*DOUBLED)),
    Mutator("three hyphens", rules.SEPARATORS.id, in_name(inserted("---"))),
    Mutator("a doubled hyphen", rules.GIVEN.id, in_given(inserted("--"))),
    Mutator("an end that is no letter", rules.GIVEN.id, in_given(lambda text, roll: text + roll.choice("-'"))),
    *(Mutator(f"no {name}", rules.MISSING.id, without(name)) for name in ("NomNaissance", "Sexe", "DateNaissance")),
    Mutator("no Prenom", rules.MISSING.id, lambda said, roll: replace(said, given=roll.choice(((), ("",), ("", ""))))),
    Mutator("another sex", rules.SEX.id, lambda said, roll: replace(said, sex=roll.choice(("I", "m", "f", "1", "MF")))),
    Mutator(
        "another date form",
        rules.DATE.id,
        born(
            "{d}/{m}/{y}", "{y}{m}{d}", "{y}-{m}-{d}T00:00:00", "{y}-{m}", " {y}-{m}-{d}", "{d}-{m}-{y}", "{y}-{m}-{d}Z"
        ),
    ),
    Mutator("no such date", rules.CALENDAR.id, born("{y}-02-30", "{y}-13-{d}", "{y}-04-31", "{y}-{m}-32", "{y}-99-99")),
    Mutator("a lunar date", rules_call.LUNAR.id, born("{y}-00-00", "{y}-{m}-00", "{y}-00-{d}")),
    Mutator(
        "no place code",
        rules.PLACE.id,
        lambda said, roll: replace(said, place=roll.choice(("PARIS", "7505", "751155", "2C004", "2a004", "75 56"))),
    ),
    Mutator("an unknown element", rules.SURPLUS.id, _surplus),
    Mutator("another order", rules.ORDER.id, _disordered),
    Mutator("an element twice", rules.SURPLUS.id, _twice),
    Mutator(
        "another body", rules.BODY.id, lambda said, roll: replace(said, prefix="ins").edited("INSiRecSans", "INSiRec")
    ),
    Mutator(
        "the action of another operation",
        rules_call.OTHER_ACTION.id,
        lambda said, roll: said.edited(ACTION, roll.choice((VITALE_ACTION, VERIFICATION_ACTION))),
    ),
    Mutator(
        "another service",
        rules.NOT_SIMULATED.id,
        lambda said, roll: said.edited(ACTION, roll.choice(("urn:ald:1.0.0:lister", "urn:MT:3.0.0:LireMT"))),
    ),
    Mutator("a wrong number", rules.IDAM.id, lambda said, roll: said.told(idam=roll.choice(("FAKE-IDAM", "", None)))),
    Mutator(
        "another context version",
        rules.VERSION.id,
        lambda said, roll: said.told(lps_version=roll.choice(("1.00.00", "01_01"))),
    ),
    Mutator("a lost field", rules.FIELDS.id, lambda said, roll: said.edited("<bam:Id>1f7425e2</bam:Id>", "")),
    Mutator("a lost version", rules.FIELDS.id, lambda said, roll: said.told(bam_version="")),
    Mutator("no ContexteBAM", rules.BAM_MISSING.id, lambda said, roll: _without_block(said, "bam")),
    Mutator("no ContexteLPS", rules.LPS_MISSING.id, lambda said, roll: _without_block(said, "lps"), (rules.IDAM.id,)),
    Mutator(
        "a filled or absent COUVERTURE",
        rules.COVERAGE.id,
        lambda said, roll: said.told(
            coverage=roll.choice(("", "<bam:COUVERTURE><bam:GrandRegime>01</bam:GrandRegime></bam:COUVERTURE>"))
        ),
    ),
    Mutator(
        "a bare MessageID",
        rules.MESSAGE_ID.id,
        lambda said, roll: said.told(message_id="6f0d0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f"),
    ),
    Mutator("no MessageID", rules_call.NO_MESSAGE_ID.id, lambda said, roll: said.told(message_id=None)),
    Mutator("SOAP 1.1", rules.SOAP12.id, lambda said, roll: replace(said, soap=SOAP11)),
    Mutator("no Nature", None, lambda said, roll: said.edited(' Nature="CTXLPS"', "")),
    Mutator("an Id on the body", None, lambda said, roll: said.edited("<soap:Body>", '<soap:Body Id="_0">')),
    Mutator(
        "two emitters", None, lambda said, roll: said.edited("<bam:Emetteur>10B0152872", "<bam:Emetteur>899900063480")
    ),
    Mutator(
        "COUVERTURE open and shut", None, lambda said, roll: said.edited(COVERAGE, "<bam:COUVERTURE></bam:COUVERTURE>")
    ),
)


def _without_block(said: Said, block: str) -> Said:
    return replace(said, order=tuple(one for one in said.order if one != block))


def sound(person: Person, roll: Random) -> Said:
    """A request for a person as one client or another would write it."""
    names = " ".join(person.given_names).split()
    asked = tuple(names[: roll.randint(1, len(names))])
    order = list(HEADER_BLOCKS)
    roll.shuffle(order)
    return Said(
        person.birth_name,
        (" ".join(asked),) if roll.random() < 0.5 else asked,
        person.sex,
        person.birth_date.isoformat(),
        person.birth_place if roll.random() < 0.7 else None,
        prefix=roll.choice(("ins", "", "a", "RECSANSVITALE")),
        order=tuple(order),
        headers={"security": roll.choice(SECURITIES)},
    )
