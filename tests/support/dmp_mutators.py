"""Ways to break a sound deposit, one small change at a time."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from dmp_sim.domain import names
from support.dmp_cda import cda
from support.dmp_ebrim import Described
from support.dmp_message import Message, deposit, describe

DOC, LOT, SIG = "Document01", "SubmissionSet01", "Signature01"
RIM = f"{{{names.RIM}}}"
VIHF = "//saml2:Attribute[@Name='{}']"


@dataclass(frozen=True, slots=True)
class Break:
    """One way to break one rule; ``also``: rules that cannot but break with it."""

    rule: str
    mutate: Callable[[Message], object]
    also: frozenset[str] = field(default_factory=frozenset)


def breaks(rule: str, mutate: Callable[[Message], object], *also: str) -> Break:
    return Break(f"dmp.{rule}", mutate, frozenset(f"dmp.{one}" for one in also))


def sound() -> Message:
    """A deposit that breaks nothing."""
    return deposit([describe(cda())])


def version(root: str, replaces: str | None, *, said: str = "") -> Message:
    """A deposit of another document, which perhaps replaces one."""
    one = describe(cda(root=root, replaces=said))
    new = Described(
        one.data, one.header, one.patient, one.author_institution, one.structure, one.class_code, one.format_code
    )
    new.replaces = replaces
    return deposit([new])


def drop(path: str) -> Callable[[Message], None]:
    return lambda message: message.drop(path)


def doubled(path: str) -> Callable[[Message], None]:
    def mutate(message: Message) -> None:
        element = message.find(path)
        element.addnext(deepcopy(element))

    return mutate


def vihf(name: str, value: str) -> Callable[[Message], None]:
    def mutate(message: Message) -> None:
        message.find(VIHF.format(name) + "/saml2:AttributeValue").text = value

    return mutate


def slot(name: str, *values: str, owner: str = DOC) -> Callable[[Message], None]:
    return lambda message: message.slot(owner, name, *values)


def code(scheme: str, value: str, coding: str | None = None, owner: str = DOC) -> Callable[[Message], None]:
    return lambda message: message.code(owner, scheme, value, coding)


def external(scheme: str, value: str, owner: str = DOC) -> Callable[[Message], None]:
    return lambda message: message.external(owner, scheme, value)


def classification(scheme: str, owner: str = DOC) -> Callable[[Message], None]:
    return drop(f"//*[@id='{owner}']/rim:Classification[@classificationScheme='{scheme}']")


def identifier(scheme: str, owner: str = DOC) -> Callable[[Message], None]:
    return drop(f"//*[@id='{owner}']/rim:ExternalIdentifier[@identificationScheme='{scheme}']")


def text(old: str, new: str) -> Callable[[Message], None]:
    """Change the CDA, hash and size with it."""
    assert old.encode() in cda()
    return lambda message: message.document(lambda data: data.replace(old.encode(), new.encode()))


def patient(value: str) -> Callable[[Message], None]:
    """Another patientId everywhere but in the CDA."""

    def mutate(message: Message) -> None:
        for owner, scheme in ((LOT, names.SS_PATIENT_ID), (DOC, names.DE_PATIENT_ID), (SIG, names.DE_PATIENT_ID)):
            message.external(owner, scheme, value)
        message.slot(DOC, "sourcePatientId", value)
        vihf("urn:oasis:names:tc:xacml:2.0:resource:resource-id", value)(message)

    return mutate


def attribute(path: str, name: str, value: str) -> Callable[[Message], None]:
    return lambda message: message.find(path).set(name, value)


def author_slot(name: str, value: str, owner: str = DOC) -> Callable[[Message], None]:
    def mutate(message: Message) -> None:
        scheme = names.SS_AUTHOR if owner == LOT else names.DE_AUTHOR
        path = f"//*[@id='{owner}']/rim:Classification[@classificationScheme='{scheme}']"
        message.find(f"{path}/rim:Slot[@name='{name}']//rim:Value").text = value

    return mutate


def add_slot(name: str, *, late: bool) -> Callable[[Message], None]:
    def mutate(message: Message) -> None:
        entry = message.find(f"//*[@id='{DOC}']")
        new = etree.fromstring(
            f'<rim:Slot xmlns:rim="{names.RIM}" name="{name}"><rim:ValueList><rim:Value>x</rim:Value>'
            "</rim:ValueList></rim:Slot>"
        )
        entry.insert(len(entry) if late else 0, new)

    return mutate


def many_confidentialities(message: Message) -> None:
    one = message.find(f"//*[@id='{DOC}']/rim:Classification[@classificationScheme='{names.DE_CONFIDENTIALITY}']")
    for _ in range(4):
        one.addnext(etree.fromstring(etree.tostring(one)))


def same_unique_id_twice(message: Message) -> None:
    message.external(SIG, names.DE_UNIQUE_ID, "1.2.250.1.999.2.1")


def empty_document(message: Message) -> None:
    message.document(lambda _: b"")


def extra_document(message: Message) -> None:
    request = message.find("//xdsb:ProvideAndRegisterDocumentSetRequest")
    new = etree.fromstring(etree.tostring(message.find(f"//xdsb:Document[@id='{SIG}']")))
    new.set("id", "Document99")
    request.append(new)


def second_lot(message: Message) -> None:
    package = message.find("//rim:RegistryPackage")
    package.addnext(etree.fromstring(etree.tostring(package)))


def no_signature(message: Message) -> None:
    for path in (f"//*[@id='{SIG}']", f"//rim:Association[@sourceObject='{SIG}' or @targetObject='{SIG}']"):
        message.drop(path)
    del message.parts["signature@test"]


def only_signature(message: Message) -> None:
    message.drop(f"//*[@id='{DOC}']")
    message.drop(f"//rim:Association[@targetObject='{DOC}']")


def replacing(message: Message) -> None:
    link = etree.fromstring(etree.tostring(message.find("//rim:Association[@id='A90']")))
    link.set("associationType", names.RPLC)
    link.set("id", "R1")
    link.set("sourceObject", DOC)
    link.set("targetObject", "urn:uuid:00000000-0000-1000-8000-000000000000")
    message.find("//rim:RegistryObjectList").append(link)


def replacing_with_status(message: Message) -> None:
    replacing(message)
    status = message.find("//rim:Association[@id='A01']/rim:Slot")
    message.find("//rim:Association[@id='R1']").append(etree.fromstring(etree.tostring(status)))


def told_replacement(message: Message) -> None:
    message.document(lambda _: cda(replaces="1.2.3"))
