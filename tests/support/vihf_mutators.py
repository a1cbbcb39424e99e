"""Ways to break a valid signed VIHF, each with the one rule that it breaks; and ways that break nothing.

Those of the signature are the product's own (``crafting.FLAWS``). These change what the assertion says, before it is
signed: missing, doubled, reordered, in another case, with another OID, with another value.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from socle.assertions.making.crafting import FLAWS, Flaw
from socle.assertions.making.names import PURPOSE, RESOURCE_ID, ROLE, SUBJECT_ID, S
from socle.assertions.making.vihf import Profile
from socle.xmldsig.canonical import LARGEST
from support.signed import SAML

Change = Callable[[etree._Element], None]
H = "{urn:hl7-org:v3}"
TEXTS = ("VIHF_Version", "Identifiant_Structure", "Secteur_Activite", "Ressource_URN", "LPS_Nom")
MODES = ("Authentification_mode", "Authentification_Mode")


@dataclass(frozen=True, slots=True)
class Mutator:
    """``rule`` None: the assertion is as good as before."""

    name: str
    rule: str | None
    flaw: Flaw
    warns: bool = False
    """It is told, and refuses nothing."""
    profiles: frozenset[Profile] = frozenset(Profile)


def attribute(assertion: etree._Element, *names: str) -> etree._Element:
    statement = assertion.find(f"{S}AttributeStatement")
    assert statement is not None
    return next(one for one in statement if one.get("Name") in names)


def value(*names: str, to: str) -> Change:
    def change(assertion: etree._Element) -> None:
        attribute(assertion, *names)[0].text = to

    return change


def missing(*names: str) -> Change:
    def change(assertion: etree._Element) -> None:
        found = attribute(assertion, *names)
        found.getparent().remove(found)  # type: ignore[union-attr]

    return change


def doubled(*names: str) -> Change:
    def change(assertion: etree._Element) -> None:
        found = attribute(assertion, *names)
        found.addnext(deepcopy(found))

    return change


def upper(*names: str) -> Change:
    def change(assertion: etree._Element) -> None:
        found = attribute(assertion, *names)
        found.set("Name", found.get("Name", "").upper())

    return change


def gone(path: str) -> Change:
    def change(assertion: etree._Element) -> None:
        found = assertion.find("/".join(f"{{{SAML}}}{step}" for step in path.split("/")))
        assert found is not None
        found.getparent().remove(found)  # type: ignore[union-attr]

    return change


def coded(tag: str, name: str, said: str, *, which: int = 0) -> Change:
    def change(assertion: etree._Element) -> None:
        list(assertion.iter(f"{H}{tag}"))[which].set(name, said)

    return change


def no_speciality(assertion: etree._Element) -> None:
    role = list(assertion.iter(f"{H}Role"))[1]
    role.getparent().remove(role)  # type: ignore[union-attr]


def reordered(assertion: etree._Element) -> None:
    statement = assertion.find(f"{S}AttributeStatement")
    assert statement is not None
    statement[:] = reversed(statement)


def issuer_empty(assertion: etree._Element) -> None:
    assertion[0].text = ""


def spaced(assertion: etree._Element) -> None:
    """Line ends between elements, and spaces around values."""
    for one in assertion.iter(f"{S}Attribute"):
        one.tail = "\n   "
    value("VIHF_Version", to="\n 3.0 ")(assertion)


def _said() -> Iterator[tuple[str, str | None, Change]]:
    """(name, rule without ``dmp.vihf.``, change)"""
    missed = {
        "VIHF_Version": "version", "Identifiant_Structure": "structure", "Secteur_Activite": "sector",
        "Ressource_URN": "resource-urn", "LPS_Nom": "lps", "LPS_Version": "lps", "LPS_ID_HOMOLOGATION_DMP": "approval",
        ROLE: "role", PURPOSE: "purpose",
    }  # fmt: skip
    for name, rule in missed.items():
        yield f"missing {name}", rule, missing(name)
        yield f"doubled {name}", "doubled", doubled(name)
    for name in TEXTS:
        yield f"empty {name}", missed[name], value(name, to="")
        yield f"upper {name}", "spelling", upper(name)
    yield "missing mode", "mode", missing(*MODES)
    yield "doubled mode", "doubled", doubled(*MODES)
    yield "upper mode", "spelling", upper(*MODES)
    yield "wrong mode", "mode", value(*MODES, to="directe")
    for said in ("2.0", "5.0", "3"):
        yield f"version {said}", "version", value("VIHF_Version", to=said)
    yield "sector OID", "sector", value("Secteur_Activite", to="SA01^1.2.250.1.71.4.2.5")
    yield "sector bare", "sector", value("Secteur_Activite", to="SA01")
    yield "URN", "resource-urn", value("Ressource_URN", to="urn:DMP")
    yield "role OID", "role", coded("Role", "codeSystem", "1.2.250.1.71.1.2.8")
    yield "role code", "role", coded("Role", "code", "")
    yield "speciality OID", "speciality", coded("Role", "codeSystem", "1.2.250.1.71.4.2.4", which=1)
    yield "no speciality", "speciality", no_speciality
    yield "pharmacist", None, coded("Role", "code", "21")
    yield "nurse", None, coded("Role", "code", "60")
    yield "purpose OID", "purpose", coded("PurposeOfUse", "codeSystem", "1.2.250.1.213.1.1.4.249")
    yield "purpose code", "purpose-code", coded("PurposeOfUse", "code", "centre_15")
    yield "no issuer", "issuer", issuer_empty
    yield "no AuthnStatement", "authn", gone("AuthnStatement")
    yield "reordered", None, reordered
    yield "spaced", None, spaced


_WARN = frozenset({"doubled", "spelling", "purpose-code"})
_INDIRECT = frozenset({Profile.INDIRECTE, Profile.INDIRECTE_RENFORCEE})


def _mutators() -> list[Mutator]:
    made = [Mutator(flaw.name, flaw.breaks, flaw) for flaw in FLAWS.values() if not flaw.authentication]
    made.append(
        Mutator(
            "authentication-certificate",
            "dmp.signer.usage",
            FLAWS["authentication-certificate"],
            profiles=frozenset({Profile.DIRECTE, Profile.INDIRECTE}),
        )
    )
    plain = Flaw("", "")
    made.append(Mutator("oversize", "assertion.size", replace(plain, name="oversize", after=_oversize)))
    for name, rule, change in _said():
        breaks = f"dmp.vihf.{rule}" if rule else None
        made.append(Mutator(name, breaks, replace(plain, name=name, before=change), warns=rule in _WARN))
    for name, rule, change, profiles in (
        ("no patient", "dmp.query.patient.required", missing(RESOURCE_ID), frozenset(Profile)),
        ("no subject-id", "dmp.vihf.subject-id", missing(SUBJECT_ID), _INDIRECT),
        ("no subject-id, direct", None, missing(SUBJECT_ID), frozenset({Profile.DIRECTE})),
        ("no Subject", "dmp.vihf.name-id", gone("Subject"), _INDIRECT),
        ("other structure", "dmp.signer.structure", value("Identifiant_Structure", to="1690000013"), _INDIRECT),
        ("other name", "dmp.signer.name", _other_name, frozenset({Profile.DIRECTE})),
        ("said to be direct", "dmp.signer.kind", value(*MODES, to="DIRECTE"), frozenset({Profile.INDIRECTE})),
    ):
        warns = rule in {"dmp.vihf.subject-id", "dmp.signer.name"}
        made.append(Mutator(name, rule, replace(plain, name=name, before=change), warns, profiles))
    return made


def _oversize(assertion: etree._Element, _key: RSAPrivateKey) -> None:
    value(SUBJECT_ID, to="E" * LARGEST)(assertion)


def _other_name(assertion: etree._Element) -> None:
    found = assertion.find(f"{S}Subject/{S}NameID")
    assert found is not None
    found.text = "899999999999"


MUTATORS = _mutators()
