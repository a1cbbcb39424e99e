"""MAIL and RCPT as clients write them."""

import pytest

from mss_sim.wire.params import BadParameter, MailParams, RcptParams, parse_mail, parse_path, parse_rcpt, unxtext
from mss_sim.wire.secured import enhanced


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("FROM:<a@b.fr>", ("a@b.fr", "")),
        ("from: <a@b.fr> SIZE=12 body=8bitmime", ("a@b.fr", "SIZE=12 body=8bitmime")),
        ("FROM:<>", ("", "")),
        ("FROM:<> RET=HDRS", ("", "RET=HDRS")),
        ("FROM:a@b.fr", ("a@b.fr", "")),
        ("FROM:<@relay.fr:a@b.fr>", ("a@b.fr", "")),
        ('FROM:<"with space"@b.fr>', ('"with space"@b.fr', "")),
    ],
)
def test_paths(argument: str, expected: tuple[str, str]) -> None:
    assert parse_path(argument, "FROM") == expected


@pytest.mark.parametrize(
    "argument", ["", "TO:<a@b.fr>", "FROM <a@b.fr>", "FROM:<a@b.fr", "FROM:<a b@c>", "FROM:<a@b>x"]
)
def test_bad_paths(argument: str) -> None:
    with pytest.raises(BadParameter, match=r"^5\d\d 5\."):
        parse_path(argument, "FROM")


def test_dsn_parameters_in_any_case_and_order() -> None:
    assert parse_mail("ret=hdrs SIZE=20 envid=QQ+2B314 BODY=8BITMIME") == MailParams(20, "8BITMIME", "HDRS", "QQ+314")
    assert parse_mail("BODY=7BIT size=1 ENVID=x ret=full") == MailParams(1, "7BIT", "FULL", "x")
    assert parse_rcpt("notify=success,Failure ORCPT=rfc822;a+40b") == RcptParams(
        frozenset({"SUCCESS", "FAILURE"}), "rfc822;a@b"
    )
    assert parse_rcpt("NOTIFY=never").notify == frozenset()
    assert parse_rcpt("") == RcptParams()


@pytest.mark.parametrize("rest", ["SIZE=x", "SIZE=", "BODY=BINARYMIME", "RET=NONE", "ENVID=", "<x>=1"])
def test_bad_values_of_mail_are_501(rest: str) -> None:
    with pytest.raises(BadParameter, match=r"^501"):
        parse_mail(rest)


@pytest.mark.parametrize("rest", ["NOTIFY=", "NOTIFY=NEVER,SUCCESS", "NOTIFY=MAYBE", "ORCPT=a@b"])
def test_bad_values_of_rcpt_are_501(rest: str) -> None:
    with pytest.raises(BadParameter, match=r"^501"):
        parse_rcpt(rest)


def test_unknown_parameters_are_555() -> None:
    for parse in (parse_mail, parse_rcpt):
        with pytest.raises(BadParameter, match=r"^555"):
            parse("XTRA=1")


def test_xtext() -> None:
    assert unxtext("a+2Bb+3Dc") == "a+b=c"
    assert unxtext("plus+signs") == "plus+signs"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("250 OK", "250 2.0.0 OK"),
        ("250 2.1.5 ok", "250 2.1.5 ok"),
        ("354 go", "354 go"),
        ("250-multi", "250-multi"),
        ('500 Error: command "X" not recognized', '500 5.5.2 Error: command "X" not recognized'),
        ("221 Bye", "221 2.0.0 Bye"),
    ],
)
def test_every_reply_has_its_enhanced_code(reply: str, expected: str) -> None:
    assert enhanced(reply) == expected
