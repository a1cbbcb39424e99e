"""WS_INS2 on the wire: what is read, how answers are laid out, and that tolerated variants change nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ins_sim.domain import rules
from ins_sim.domain.decision import check, decide
from ins_sim.domain.model import Answer, CodeCR, Mode
from ins_sim.domain.policy import Policy
from ins_sim.wire.ws_ins2 import parse, render
from socle.control.model import InsNumber
from support.insi import (
    COVERAGE,
    HEADER_BLOCKS,
    NIR,
    People,
    assertion,
    blocks,
    body,
    envelope,
    message,
    person,
    request,
    zoe,
)

ZOE = person("ADRUN", "ZOE", "F", "1975-12-31", matricule="275126322074974")
OLD = InsNumber("2090763220834", "39", NIR, date(2019, 3, 1), date(2019, 2, 28))


def test_answer_as_the_live_service_lays_it_out() -> None:
    pierre = person(
        "D'ARTAGNAN DE L'HERAULT",
        "PIERRE-ALAIN MURIEL FLORIANT",
        "M",
        "2001-06-17",
        matricule="101066322075460",
        history=(OLD,),
    )
    assert render(Answer(CodeCR.FOUND, pierre)).decode() == (
        '<RESULTAT xmlns="http://www.cnamts.fr/INSiResultat" xmlns:ns0="http://www.cnamts.fr/INSiRecVit" '
        'xmlns:ns1="http://www.cnamts.fr/INSiRecSans">'
        "<CR><CodeCR>00</CodeCR><LibelleCR>OK</LibelleCR></CR><INDIVIDU><INSACTIF><IdIndividu>"
        "<NumIdentifiant>1010663220754</NumIdentifiant><Cle>60</Cle></IdIndividu><OID>1.2.250.1.213.1.4.8</OID>"
        "</INSACTIF><INSHISTO><IdIndividu><NumIdentifiant>2090763220834</NumIdentifiant><Cle>39</Cle></IdIndividu>"
        "<OID>1.2.250.1.213.1.4.8</OID><DateDeb>2019-03-01</DateDeb><DateFin>2019-02-28</DateFin></INSHISTO>"
        "<TIQ><NomNaissance>D'ARTAGNAN DE L'HERAULT</NomNaissance>"
        "<ListePrenom>PIERRE-ALAIN MURIEL FLORIANT</ListePrenom><Sexe>M</Sexe><DateNaissance>2001-06-17</DateNaissance>"
        "<LieuNaissance>63220</LieuNaissance></TIQ></INDIVIDU></RESULTAT>"
    )


@pytest.mark.parametrize(
    ("code", "label"), [(CodeCR.NONE, "Aucune identite trouvee"), (CodeCR.SEVERAL, "Plusieurs identites trouvees")]
)
def test_01_and_02_hold_no_individual(code: CodeCR, label: str) -> None:
    root = etree.fromstring(render(Answer(code)))
    assert [etree.QName(child).localname for child in root] == ["CR"]
    assert root[0][0].text == code
    assert root[0][1].text == label


def test_markup_in_a_name_cannot_break_the_answer() -> None:
    root = etree.fromstring(render(Answer(CodeCR.FOUND, person("A & B <C>", "ZOE", "F", "1975-12-31"))))
    assert root.findtext(".//{*}NomNaissance") == "A & B <C>"


def test_the_request_is_read_as_sent() -> None:
    sent = request(message(body(" ADRUN ", ["ZOE", "ANNE MARIE"], "F", "1975-12-31", "63220"), blocks(emetteur="10B0")))
    assert sent.traits.birth_name == " ADRUN "
    assert sent.traits.given_names == ["ZOE", "ANNE MARIE"]
    assert sent.traits.tokens == ["ZOE", "ANNE", "MARIE"]
    assert (sent.traits.sex, sent.traits.birth_date, sent.traits.birth_place) == ("F", "1975-12-31", "63220")
    assert (sent.issuer, sent.software.idam, sent.software.version) == ("10B0", "GE000000000", "2.1")
    assert (sent.software.label, sent.assertion.mode) == ("essai 2.1", Mode.CERTIFICATE)
    assert sent.bam.coverage
    assert sent.bam.covered is None


@pytest.mark.parametrize(
    ("name", "label"), [("urn:lps:essai", "essai 2.1"), ("Essai", "Essai 2.1"), ("", "GE000000000")]
)
def test_the_software_is_labelled_by_what_it_says(name: str, label: str) -> None:
    assert request(message(zoe(), blocks(name=name))).software.label == label


@pytest.mark.parametrize(("qualifier", "mode"), [("CPS", Mode.CARD), ("PSC", Mode.PSC), ("X", Mode.CERTIFICATE)])
@pytest.mark.parametrize("capital", [False, True])
def test_the_assertion_tells_mode_and_billing_number(qualifier: str, mode: Mode, capital: bool) -> None:
    sent = request(message(zoe(), blocks(security=assertion(qualifier, "010000002", capital=capital)))).assertion
    assert (sent.count, sent.mode, sent.billing_id, sent.sector) == (1, mode, "010000002", "SA05")


def test_another_body_is_none_of_ours() -> None:
    assert parse(envelope(message('<RECVITALE xmlns="http://www.cnamts.fr/INSiRecVit"/>'))) is None


def test_elements_out_of_namespace_or_order_are_seen() -> None:
    content = (
        zoe()
        .replace("<ins:Sexe>F</ins:Sexe>", "<Sexe>F</Sexe>")
        .replace("</ins:REC", "<ins:Sexe>F</ins:Sexe></ins:REC")
    )
    sent = request(message(content))
    assert sent.traits.surplus == ["Sexe"]
    assert not sent.traits.ordered
    assert [finding.rule for finding in check(sent, Policy())] == [rules.SURPLUS, rules.ORDER]


@pytest.mark.parametrize("cut", ["<!-- x -->", "<?x y?>", "<![CDATA[]]>"])
def test_a_comment_cuts_no_value_short(cut: str) -> None:
    """Read up to the comment, somebody else's name would be that of ADRUN ZOE."""
    sent = body("ADRUN|SON", ["Z|OE"], "|F", "1975-|12-31", "63|220")
    asked = request(message(sent.replace("|", cut)))
    assert asked.traits == request(message(sent.replace("|", ""))).traits
    assert decide(asked, Policy(), People(ZOE)) == Answer(CodeCR.NONE)


def test_an_element_within_a_value_is_told_and_finds_nobody() -> None:
    sent = request(message(zoe().replace("ADRUN", "ADRUN<x>SON</x>")))
    assert [finding.rule for finding in check(sent, Policy())] == [rules.SURPLUS]
    assert decide(sent, Policy(), People(ZOE)) == Answer(CodeCR.NONE)


EMPTY_SECURITY = (
    '<s:Security xmlns:s="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/>'
)


@given(
    order=st.permutations(HEADER_BLOCKS),
    bam_version=st.sampled_from(["01_02", "1.02.00"]),
    lps_version=st.sampled_from(["01_00", "1.00.00"]),
    security=st.sampled_from(["", EMPTY_SECURITY, assertion("CPS"), assertion("PSC")]),
    message_id=st.sampled_from([None, "uuid:1", "urn:uuid:1", "1f7425e2-b913-415c-adaa-785ee1076a70"]),
    coverage=st.sampled_from(["", COVERAGE, "<bam:COUVERTURE></bam:COUVERTURE>"]),
    prefix=st.sampled_from(["", "ins", "ns0"]),
    idam=st.sampled_from(["GE000000000", "AB-1234"]),
    comment=st.booleans(),
)
def test_tolerated_variants_give_the_same_answer(
    order: list[str],
    bam_version: str,
    lps_version: str,
    security: str,
    message_id: str | None,
    coverage: str,
    prefix: str,
    idam: str,
    comment: bool,
) -> None:
    headers = blocks(
        bam_version=bam_version,
        lps_version=lps_version,
        security=security,
        message_id=message_id,
        coverage=coverage,
        idam=idam,
    )
    if comment:
        headers["bam"] = headers["bam"].replace("<bam:Id>", "<!-- before -->\n<bam:Id>")
        headers["lps"] = "<!-- between -->\n" + headers["lps"]
    sent = request(message(body("ADRUN", ["ZOE"], "F", "1975-12-31", prefix=prefix), headers, order))
    answer = decide(sent, Policy(), People(ZOE))
    assert answer == Answer(CodeCR.FOUND, ZOE)
    assert (sent.software.idam, sent.issuer) == (idam, "10B0152872")
