"""The plugin in other people's suites: what a failure shows, the linter."""

import httpx
import pytest

from socles.testing import Server

RULE = "dmp.duplicate.registered"


def test_a_failure_shows_the_exchanges_and_what_was_wrong(suite: pytest.Pytester) -> None:
    suite.makepyfile("from software import *\ndef test_it(socles):\n    twice(socles)\n    assert 1 == 2\n")

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert 1 == 2*",
            "*- Socles -*",
            "Socles, it-* : 2 échange(s) / exchange(s)",
            "● dmp_sim iti41 : ACCEPTED*",
            "  http://*/w/it-*/console/exchanges/*",
            "● dmp_sim iti41 : REFUSED XDSDuplicateUniqueIdInRegistry*",
            f"  ✗ {RULE} (error, faithful)*",
            "*où / where*//RegistryPackage*",
            "*remède / remedy*",
            "*source*IHE ITI*",
        ]
    )


def test_an_expectation_shows_them_once(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        "from software import *\ndef test_it(socles, dmp):\n    deposit(socles)\n    dmp.expect_refused(timeout=0.1)\n"
    )

    text = suite.runpytest().stdout.str().partition("short test summary")[0]  # which in a CI repeats whole messages

    assert text.count("● dmp_sim iti41 : ACCEPTED") == 1
    assert "until(" not in text  # the kit's own frames are left out


def test_a_fixture_that_fails_shows_them_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        "from software import *\n@pytest.fixture\ndef mine(socles):\n    deposit(socles)\n    assert 0\n"
        "def test_it(mine): pass\n"
    )

    result = suite.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["● dmp_sim iti41 : ACCEPTED*"])


def test_an_address_where_nothing_is(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_it(socles): pass\n")

    result = suite.runpytest("--socles-url=http://127.0.0.1:9")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Aucun Socles à / no Socles at http://127.0.0.1:9: *refused*"])
    assert "Traceback" not in result.stdout.str()


def test_what_failed_stays_to_be_looked_at(suite: pytest.Pytester, socles_server: Server) -> None:
    suite.makepyfile("def test_good_indeed(socles): pass\ndef test_bad_indeed(socles): assert 0\n")

    suite.runpytest().assert_outcomes(passed=1, failed=1)

    names = [one["name"] for one in httpx.get(f"{socles_server.url}/_sandbox/workspaces", trust_env=False).json()]
    assert not [name for name in names if name.startswith("good-indeed-")]
    assert len([name for name in names if name.startswith("bad-indeed-")]) == 1


LINTED = """
from software import *

def test_unnoticed(socles):
    twice(socles)

def test_expected(socles, dmp):
    twice(socles)
    dmp.expect_refused(code="XDSDuplicateUniqueIdInRegistry")

@pytest.mark.socles(allow=["dmp.duplicate.*"])
def test_allowed(socles):
    twice(socles)

@pytest.mark.socles(fail_on="never")
def test_never(socles):
    twice(socles)

def test_warning(socles):
    sender, receiver = socles.population.establishment().mailbox, socles.population.professional().mailbox
    with smtplib.SMTP(socles.smtp.host, socles.smtp.port) as client:
        client.starttls(context=socles.smtp.context)
        client.login(socles.smtp.login(sender), socles.smtp.password)
        client.sendmail(sender, [receiver], "Subject: no Message-ID\\r\\n\\r\\nText\\r\\n")

def test_failing_anyway(socles):
    twice(socles)
    assert 0
"""


@pytest.mark.parametrize(
    ("level", "failing"),
    [
        ("never", {"test_failing_anyway"}),
        ("error", {"test_failing_anyway", "test_unnoticed"}),
        ("warning", {"test_failing_anyway", "test_unnoticed", "test_warning"}),
    ],
)
def test_an_existing_suite_becomes_a_linter(suite: pytest.Pytester, level: str, failing: set[str]) -> None:
    suite.makepyfile(LINTED)

    result = suite.runpytest(f"--socles-fail-on={level}", "-rf")

    failed = {line.split("::")[1].split()[0] for line in result.outlines if line.startswith("FAILED")}
    assert failed == failing
    if level == "error":
        assert f"Non conforme / not conforming (--socles-fail-on=error): {RULE}" in result.outlines
        assert f'Voulu / intended? @pytest.mark.socles(allow=["{RULE}"])' in result.outlines


@pytest.mark.parametrize(
    ("mark", "said"),
    [("alow=['a']", "*alow*"), ("fail_on='info'", "*fail_on='info'*"), ("strictness='soft'", "*422*")],
)
def test_a_mark_that_is_misspelt_is_told(suite: pytest.Pytester, mark: str, said: str) -> None:
    suite.makepyfile(f"import pytest\n@pytest.mark.socles({mark})\ndef test_it(socles): pass\n")

    result = suite.runpytest()

    assert result.ret != 0
    result.stdout.fnmatch_lines([said])


def test_a_mark_sets_the_strictness(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        "import pytest\n@pytest.mark.socles(strictness='lenient')\n"
        "def test_it(socles): assert socles.strictness == 'lenient'\n"
    )

    suite.runpytest().assert_outcomes(passed=1)
