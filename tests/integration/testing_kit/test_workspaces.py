"""One workspace for each test, quickly made and dropped, over any way to run."""

import statistics
import time

import httpx
import pytest

from socles.testing import Refused, Server, Socles, address, in_process, workspace
from socles.testing.workspace import drop
from support.kit import Deposit

MOST_MS = 50
"""To make and drop one: a promise of the documentation."""


def test_two_workspaces_do_not_see_each_other(socles: Socles, socles_server: Server, deposit: Deposit) -> None:
    with socles_server.client() as client, workspace(socles_server, client, label="Un autre !") as other:
        deposit()
        deposit(to=other)
        deposit(to=other)

        socles.dmp.expect_deposit()
        other.dmp.expect_deposits(2)
        assert (len(socles.exchanges()), len(other.exchanges())) == (1, 2)
        assert other.name.startswith("un-autre-")

        drop(client, other.name)
        with pytest.raises(Refused, match=r"workspace\.unknown"):
            other.exchanges()
        socles.dmp.expect_deposit()


@pytest.mark.slow  # quick enough, but measured where nothing runs beside it
@pytest.mark.alone
def test_made_and_dropped_in_no_time(socles_server: Server) -> None:
    with socles_server.client() as client:
        taken = []
        for _ in range(20):
            started = time.perf_counter()
            with workspace(socles_server, client):
                pass
            taken.append((time.perf_counter() - started) * 1000)

    assert statistics.median(taken) < MOST_MS


def test_a_killed_run_leaves_nothing_for_ever(socles: Socles, socles_server: Server) -> None:
    with socles_server.client() as client:
        assert client.get(f"/_sandbox/workspaces/{socles.name}").json()["ttlSeconds"] == 3600


def test_the_same_at_an_address(socles_server: Server, deposit: Deposit) -> None:
    host, port = socles_server.smtp
    server = address(f"{socles_server.url}/", f"{host}:{port}")

    with server.client() as client, workspace(server, client) as there:
        deposit(to=there)

        assert there.dmp.expect_deposit().exchange.outcome == "accepted"
        assert (there.smtp.host, there.smtp.port) == (host, port)


def test_what_keeps_it_from_starting_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_DATABASE_URL", "mysql://here")

    with pytest.raises(ValueError, match="expected postgresql://"), in_process():
        pass


def test_strictness_and_reset(socles: Socles, deposit: Deposit) -> None:
    assert socles.strictness == "official"
    socles.strictness = "lenient"
    assert socles.strictness == "lenient"
    deposit()

    socles.reset()

    assert socles.exchanges() == []
    assert socles.dmp.deposits() == []
    assert socles.strictness == "lenient"


def test_software_is_told_by_variables(socles: Socles) -> None:
    told = socles.environment

    assert told["SOCLES_DMP_REPOSITORY_URL"] == f"{socles.url}/si-dmp-server/v2/services/repository"
    assert told["SOCLES_DMP_REGISTRY_URL"] == f"{socles.url}/si-dmp-server/v2/services/registry"
    assert httpx.get(told["SOCLES_INSI_URL"], params={"wsdl": ""}, trust_env=False).status_code == 200
    assert told["SOCLES_SMTP_LOGIN_PREFIX"] + "a@b" == socles.smtp.login("a@b")


def test_software_with_fixed_paths_names_it_in_a_header(socles: Socles, socles_server: Server) -> None:
    answer = httpx.post(f"{socles_server.url}/lps", headers=dict(socles.headers), content=b"<a/>", trust_env=False)

    assert answer.status_code == 500
    assert [one.service for one in socles.exchanges()] == ["ins_sim"]
    socles.insi.expect_call()
