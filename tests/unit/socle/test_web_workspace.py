"""The one function that chooses the workspace (D7)."""

import pytest

from socle.web.workspace import Choice, ChosenBy, choose


@pytest.mark.parametrize(
    ("path", "host", "certificate", "header", "expected"),
    [
        ("/lps", "", "", None, Choice("default", ChosenBy.DEFAULT, "/lps")),
        ("/lps", "127.0.0.1:8080", "", "", Choice("default", ChosenBy.DEFAULT, "/lps")),
        ("/lps", "ws1.socles.localhost:8080", "", None, Choice("ws1", ChosenBy.HOST, "/lps")),
        ("/lps", "WS1.Socles.Localhost.", "", None, Choice("ws1", ChosenBy.HOST, "/lps")),
        ("/lps", "socles.localhost", "", None, Choice("default", ChosenBy.DEFAULT, "/lps")),
        ("/lps", "a.b.socles.localhost", "", None, Choice("default", ChosenBy.DEFAULT, "/lps")),
        ("/lps", "[::1]:8080", "", " WS2 ", Choice("ws2", ChosenBy.HEADER, "/lps")),
        ("/w/ws4/lps", "x", "", None, Choice("ws4", ChosenBy.PATH, "/lps", "/w/ws4")),
        ("/w/ws4/lps", "x", "", "ws2", Choice("ws2", ChosenBy.HEADER, "/lps", "/w/ws4")),
        ("/w/ws4/lps", "ws1.socles.localhost", "", "ws2", Choice("ws1", ChosenBy.HOST, "/lps", "/w/ws4")),
        ("/w/ws4/lps", "x", "ws3", "ws2", Choice("ws3", ChosenBy.CERTIFICATE, "/lps", "/w/ws4")),
        ("/lps", "ws1.socles.localhost", "ws3", "ws2", Choice("ws1", ChosenBy.HOST, "/lps")),
        ("/w/ws4", "x", "", None, Choice("ws4", ChosenBy.PATH, "/", "/w/ws4")),
        ("/w/ws4/w/ws5/x", "x", "", None, Choice("ws4", ChosenBy.PATH, "/w/ws5/x", "/w/ws4")),
        ("/w/", "x", "", None, Choice("default", ChosenBy.DEFAULT, "/")),
        ("/w", "x", "", None, Choice("default", ChosenBy.DEFAULT, "/w")),
        ("/ws1/lps", "x", "", None, Choice("default", ChosenBy.DEFAULT, "/ws1/lps")),
    ],
)
def test_the_order(path: str, host: str, certificate: str, header: str | None, expected: Choice) -> None:
    assert choose(path, host=host, certificate=certificate, header=header) == expected
