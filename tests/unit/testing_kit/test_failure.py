"""The block that a failed test shows."""

from typing import Any

import httpx

from socles.testing.api import Api
from socles.testing.exchanges import Exchange
from socles.testing.failure import block

FINDING = {
    "rule": "dmp.entry.type-code.required",
    "severity": "error",
    "certainty": "faithful",
    "official": "unknown",
    "titleFr": "typeCode est obligatoire",
    "titleEn": "typeCode is required",
    "where": "//ExtrinsicObject[@id='Document01']",
    "line": 12,
    "part": "root",
    "expected": "un typeCode",
    "found": "",
    "remedy": "Ajouter la Classification.",
    "source": "IHE ITI TF-3",
    "sourceVersion": "4.2",
}


def exchange(number: int, *findings: dict[str, Any], **more: Any) -> Exchange:
    """One as the journal tells it."""
    told = {
        "id": f"id-{number}",
        "service": "dmp_sim",
        "operation": "iti41",
        "outcome": "accepted",
        "status": 200,
        "code": None,
        "subject": None,
        "finess": None,
        "receivedAt": "2026-03-04T10:30:00Z",
        "durationMs": 3.4,
        "fault": None,
        "rules": [finding["rule"] for finding in findings],
        "events": [],
        **more,
    }
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"findings": findings}))
    return Exchange.of(told, Api(httpx.Client(base_url="http://socles", transport=transport)), f"http://link/{number}")


def test_an_exchange_with_what_is_wrong_where_and_how_to_mend_it() -> None:
    refused = exchange(1, FINDING, outcome="refused", code="XDSRepositoryMetadataError", fault="busy")

    assert block("essai", [refused]).splitlines() == [
        "Socles, essai : 1 échange(s) / exchange(s)",
        "● dmp_sim iti41 : REFUSED XDSRepositoryMetadataError (200, 3 ms, panne / fault busy)",
        "  http://link/1",
        "  ✗ dmp.entry.type-code.required (error, faithful) : typeCode est obligatoire / typeCode is required",
        "      où / where         : //ExtrinsicObject[@id='Document01'], ligne / line 12 root",
        "      attendu / expected : un typeCode",
        "      remède / remedy    : Ajouter la Classification.",
        "      source             : IHE ITI TF-3 4.2",
    ]


def test_a_rule_broken_in_two_places_is_explained_once() -> None:
    shown = block("essai", [exchange(1, FINDING, {**FINDING, "line": 40})])

    assert shown.count("typeCode est obligatoire") == shown.count("Ajouter la Classification.") == 1
    assert "line 12" in shown
    assert "line 40" in shown


def test_the_last_ones_in_the_order_in_which_they_happened() -> None:
    newest_first = [exchange(number) for number in range(9, 0, -1)]

    shown = block("essai", newest_first).splitlines()

    assert shown[0] == "Socles, essai : 9 échange(s) / exchange(s), les 5 derniers / the last 5"
    assert [line.strip() for line in shown if "link" in line] == [f"http://link/{number}" for number in range(5, 10)]


def test_long_values_are_cut_and_kept_on_one_line() -> None:
    shown = block("essai", [exchange(1, {**FINDING, "expected": "a\n" * 1000})])

    assert max(map(len, shown.splitlines())) < 340
    assert "…" in shown


def test_silence_is_told() -> None:
    assert block("essai", []) == "Socles, essai : aucun échange / no exchange"
