"""An entry of the journal as its page shows it: verdict, findings beside what they point at."""

from typing import Any

import pytest

from console.labels import verdict
from console.reading.locate import Pointer
from console.view import View, view
from support import mails


def finding(where: str = "", **more: Any) -> dict[str, Any]:
    told = {
        "rule": "dmp.x",
        "severity": "error",
        "certainty": "ours",
        "titleFr": "Titre",
        "titleEn": "Title",
        "where": where,
    }
    told |= {"line": None, "part": None, "expected": "", "found": "", "remedy": "r", "source": "s", "sourceVersion": ""}
    return told | more


def entry(text: str = "", *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    empty = {"headers": [], "size": 0, "cut": False, "body": []}
    request = {
        "headers": [["Content-Type", "application/soap+xml"]],
        "size": len(text),
        "cut": False,
        "body": [{"text": text}],
    }
    made = {"id": "e1", "service": "dmp_sim", "operation": "iti41", "outcome": "refused", "code": "X", "fault": None}
    made |= {"protocol": "soap", "redacted": False, "findings": list(findings), "request": request, "response": empty}
    return made | more


def pointers(shown: View) -> list[Pointer]:
    return [place.pointer for group in shown.groups for place in group.places]


def test_findings_of_one_rule_stand_together_errors_first() -> None:
    warning = finding("/a", rule="dmp.w", severity="warning")
    shown = view(entry("<a><b/><c/></a>", warning, finding("/a/b"), finding("/a/c")), None)
    assert [(group.rule["rule"], len(group.places)) for group in shown.groups] == [("dmp.x", 2), ("dmp.w", 1)]
    assert [place.number for group in shown.groups for place in group.places] == [1, 2, 3]
    (part,) = shown.request.parts
    assert set(shown.notes(part)) == {2, 3, 4}
    assert shown.marked(part) == {1, 2, 3, 4}


def test_each_way_of_pointing() -> None:
    shown = view(
        entry(
            "<a><b/></a>",
            finding("/a/b"),
            finding("/a/b/@k"),
            finding("Content-Type"),
            finding("charset"),
            finding("//nobody"),
            finding("", part="1"),
        ),
        None,
    )
    assert pointers(shown) == [
        Pointer.EXACT,
        Pointer.HOLDER,
        Pointer.HEADER,
        Pointer.HEADER,
        Pointer.NOWHERE,
        Pointer.PART,
    ]


def test_a_line_of_what_is_no_xml() -> None:
    shown = view(entry("<a>\n<b>\n</a>", finding("ligne 3, colonne 4", line=3)), None)
    (place,) = shown.groups[0].places
    assert place.pointer is Pointer.LINE
    assert list(place.located.marked) == [3]
    assert [line.number for line in place.located.excerpt] == [1, 2, 3]


def test_a_part_named_is_looked_at_first_then_the_others() -> None:
    package = (
        "--b\r\nContent-ID: <root>\r\nContent-Type: text/xml\r\n\r\n<m><id/></m>\r\n"
        "--b\r\nContent-ID: <doc>\r\nContent-Type: text/xml\r\n\r\n<d><id/></d>\r\n--b--"
    )
    made = entry(package, finding("//id", part="doc"), finding("/m", part="doc"))
    made["request"]["headers"] = [["Content-Type", "multipart/related; boundary=b"]]
    first, second = view(made, None).groups[0].places
    assert first.located.part is not None
    assert second.located.part is not None
    assert (first.located.part.part.number, second.located.part.part.number) == ("2", "1")


def test_a_dialogue_its_replies_and_the_command_meant() -> None:
    request = {
        "headers": [["MAIL", "FROM:<a@x>"], ["RCPT", "TO:<b@x>"], ["RCPT", "TO:<c@x>"], ["END", "QUIT"]],
        "size": 0,
    }
    response = {"headers": [["MAIL", "250 ok"], ["RCPT", "250 ok"], ["RCPT", "550 no"]], "size": 0}
    made = entry("", finding("RCPT TO", found="c@x"), protocol="smtp", request=request, response=response)
    shown = view(made, None)
    assert shown.dialogue[2] == ("RCPT", "TO:<c@x>", "550 no")
    assert shown.dialogue[3] == ("END", "QUIT", "")
    (place,) = shown.groups[0].places
    assert (place.pointer, list(place.located.marked)) == (Pointer.COMMAND, [2])


def test_headers_of_a_mail_present_and_absent() -> None:
    request = {"headers": [["DATA", "9 octets"]], "size": 9, "body": [{"blob": {"sha256": "0" * 64, "size": 9}}]}
    told = [finding("Subject"), finding("X-MSS-INS"), finding("IHE_XDM/SUBSET01/DOC.XML", part="2")]
    shown = view(
        entry("", *told, protocol="smtp", request=request),
        mails.mail(mails.xdm(mails.cda()), headers={"X-MSS-INS": ""}),
    )
    assert pointers(shown) == [Pointer.HEADER, Pointer.HOLDER, Pointer.PART]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"outcome": "accepted", "findings": [], "code": None}, "Accepté, sans remarque."),
        ({"outcome": "accepted"}, "Accepté en mode tolérant, avec 1 erreur : le service réel l'aurait refusé."),
        ({"outcome": "accepted", "official": {"fr": "…"}}, "Accepté en mode tolérant, avec 1 erreur."),
        ({"outcome": "accepted", "findings": [finding(severity="warning")]}, "Accepté, avec 1 constat à lire."),
        ({}, "Refusé avec le code X. Règle non respectée : «\u202fTitre\u202f»."),
        (
            {"findings": [finding(), finding()]},
            "Refusé avec le code X. Règle non respectée : «\u202fTitre\u202f», et 1 autre constat.",
        ),
        ({"findings": [], "outcome": "fault", "code": "abandoned"}, "Interrompu avec le code abandoned."),
        (
            {"fault": "busy"},
            "Panne provoquée : la règle «\u202fbusy\u202f» s'est déclenchée ; la réponse porte le code X.",
        ),
        ({"outcome": "overload"}, "Trop de demandes à la fois : le service l'a dit avec le code X."),
        ({"outcome": "error"}, "Le bac à sable a échoué : la faute n'est pas à votre message."),
    ],
)
def test_the_verdict_is_one_sentence(more: dict[str, Any], said: str) -> None:
    assert verdict(entry("", finding()) | more)[0] == said
