"""The pages over HTTP, against the whole product: what they show, and what hostile content cannot do."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.console_traffic import HOSTILE, deposit, hostile, mail, post, wrong_hash
from support.homologation_editors import Editor
from support.insi import blocks, message, zoe
from support.sandbox_thread import RunningSandbox, sandbox_in_thread


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with sandbox_in_thread(Path(tmp_path_factory.mktemp("console"))) as running:
        yield running


@pytest.fixture(scope="module")
def browser(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=30, headers={"Accept": "text/html"}) as client:
        yield client


def test_the_link_of_an_answer_leads_a_browser_to_the_finding_and_its_line(
    sandbox: RunningSandbox, browser: httpx.Client
) -> None:
    deposit(sandbox)
    exchange = deposit(sandbox)
    page = browser.get(f"/_sandbox/exchanges/{exchange}", follow_redirects=True)
    assert page.url.path == f"/console/exchanges/{exchange}"
    assert "Refusé avec le code XDSDuplicateUniqueIdInRegistry" in page.text
    assert "déjà connu du registre" in page.text
    assert "Le document est déjà au DMP" in page.text
    assert ' marked" id="q1-' in page.text
    assert "fr.socles.dmp.document.rejected.v1" in page.text
    assert "curl -sS -D - -H " in page.text


def test_what_the_real_service_would_have_done_with_a_call_to_insi(
    sandbox: RunningSandbox, browser: httpx.Client
) -> None:
    page = browser.get(
        f"/console/exchanges/{post(sandbox, '/lps', message(zoe(), blocks(lps_version='1.00.00')))}"
    ).text
    assert "Le service réel aurait accepté ce message : il tolère ce qui est constaté." in page
    assert "le service national tolère" in page


def test_policy_forbids_scripts_in_the_page_and_everything_from_elsewhere(
    sandbox: RunningSandbox, browser: httpx.Client
) -> None:
    for path in ("/console/", f"/console/exchanges/{deposit(sandbox)}", "/console/static/list.js"):
        answer = browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text


def test_what_was_received_never_becomes_markup(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    for exchange in hostile(sandbox):
        for view in ("", "/difference", "/mended", "/request/1"):
            text = browser.get(f"/console/exchanges/{exchange}{view}").text
            assert "<script>alert" not in text
            assert "<img" not in text
        assert "&lt;script&gt;alert(1)" in browser.get(f"/console/exchanges/{exchange}").text


def test_a_mail_shows_its_dialogue_its_parts_and_its_findings(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    mail(sandbox)
    (entry,) = browser.get("/_sandbox/exchanges", params={"service": "mss_sim", "operation": "DATA"}).json()["items"]
    text = browser.get(f"/console/exchanges/{entry['id']}").text
    assert "<b>RCPT</b>" in text
    assert "IHE_XDM/SUBSET01/METADATA.XML" in text
    assert "La taille annoncée" in text
    assert "--mail-rcpt" in text
    assert "<script>alert" not in text


def test_xml_that_is_none_is_shown_at_the_line_where_it_stops_being_some(
    sandbox: RunningSandbox, browser: httpx.Client
) -> None:
    exchange = post(sandbox, "/lps", b"<a>\n<b>\n</a>")
    text = browser.get(f"/console/exchanges/{exchange}").text
    assert "XML mal formé" in text
    assert '<div class="ln marked" id="q1-3">' in text


def test_a_workspace_keeps_its_links_and_sees_no_other(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    browser.post("/_sandbox/workspaces", json={"name": "recette"})
    exchange = deposit(sandbox, "/w/recette")
    page = browser.get(f"/_sandbox/exchanges/{exchange}", follow_redirects=True)
    assert page.url.path == f"/w/recette/console/exchanges/{exchange}"
    assert 'href="/w/recette/console/"' in page.text
    assert f"/w/recette/_sandbox/exchanges/{exchange}/request" in page.text
    assert browser.get(f"/w/default/console/exchanges/{exchange}").status_code == 404
    assert browser.get("/w/recette/console").headers["location"] == "/w/recette/console/"


def test_what_distinguishes_it_from_the_last_accepted_one(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    browser.post("/_sandbox/workspaces", json={"name": "ecarts"})
    first = deposit(sandbox, "/w/ecarts")
    second = deposit(sandbox, "/w/ecarts")
    page = browser.get(f"/w/ecarts/console/exchanges/{second}/difference").text
    assert f"/w/ecarts/console/exchanges/{first}" in page
    assert "Pas de différence" in page
    alone = browser.get(f"/w/ecarts/console/exchanges/{first}/difference").text
    assert "Aucun échange accepté de cette opération avant celui-ci" in alone


def test_the_mended_request_says_what_was_changed(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    browser.post("/_sandbox/workspaces", json={"name": "corrige"})
    exchange = wrong_hash(sandbox, "/w/corrige")
    assert "1 correction mécanique possible" in browser.get(f"/w/corrige/console/exchanges/{exchange}").text
    page = browser.get(f"/w/corrige/console/exchanges/{exchange}/mended").text
    assert "sur le message reçu" in page
    assert "Rejouer la requête corrigée" in page
    assert 'data-sign="~"' in page


@pytest.mark.parametrize("exchange", ["0", "nobody", "%2e%2e", "a%2Fb", "%3Cscript%3E", "x" * 65])
def test_an_exchange_that_is_not_there_is_told_in_words(browser: httpx.Client, exchange: str) -> None:
    answer = browser.get(f"/console/exchanges/{exchange}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_part_that_is_not_there(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    exchange = deposit(sandbox)
    assert browser.get(f"/console/exchanges/{exchange}/request/2").status_code == 200
    assert browser.get(f"/console/exchanges/{exchange}/request/99").status_code == 404
    assert browser.get("/console/static/nothing.js").status_code == 404


def test_a_fault_on_demand_says_what_a_good_client_does(sandbox: RunningSandbox, browser: httpx.Client) -> None:
    browser.post("/_sandbox/workspaces", json={"name": "pannes"})
    browser.post("/w/pannes/_sandbox/faults", json={"fault": "dmp.repository-busy", "times": 1})
    text = browser.get(f"/w/pannes/console/exchanges/{deposit(sandbox, '/w/pannes')}").text
    assert "Panne provoquée : la règle" in text
    assert "Un bon client" in text
    assert "XDSRepositoryBusy" in text


def test_the_conformity_cases_are_shown_with_what_was_sent_and_nothing_of_it_is_markup(
    sandbox: RunningSandbox, browser: httpx.Client
) -> None:
    browser.post("/_sandbox/workspaces", json={"name": "essais"})
    client = Editor(f"{sandbox.url}/w/essais")
    client.search("PROVISOIRE", [HOSTILE], "M", "2009-07-01")
    answer = browser.get("/w/essais/console/homologation", params={"case": "2.05", "since": ""})
    assert answer.status_code == 200
    assert 'id="c-2-05" data-verdict="failed"' in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert" not in answer.text
    assert " style=" not in answer.text
    assert 'href="/w/essais/console/exchanges/' in answer.text
    assert 'href="/w/essais/_sandbox/ins_sim/homologation?format=junit&amp;case=2.05"' in answer.text
    assert 'id="c-2-05" data-verdict="not-played"' in browser.get("/console/homologation?case=2.05").text


def test_filters_that_the_report_refuses_are_told(browser: httpx.Client) -> None:
    before_time = {"since": "0001-01-01T00:00:00+14:00"}
    for asked, status in (({"since": "hier"}, 422), (before_time, 422), ({"case": "9.99"}, 404)):
        answer = browser.get("/console/homologation", params=asked)
        assert answer.status_code == status
        assert "Tous les cas, tous les appels" in answer.text
