"""The running stack: ready in time, hardened, reached by one door, and counting exactly what was sent."""

import io
import json
import smtplib
import ssl
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from socle.events.dmp import DmpDocumentRegistered
from support.compose import FILE, OURS, ROLES, Stack, until

pytestmark = [pytest.mark.compose, pytest.mark.slow, pytest.mark.timeout(240)]
SOAP = {"Content-Type": "application/soap+xml"}
TWO = {"SOCLES_DMP_REPLICAS": "2", "SOCLES_METRICS_REPLICAS": "2"}


@pytest.mark.alone
def test_it_is_ready_within_half_a_minute_from_empty_volumes(stack: Stack) -> None:
    print(f"\nready in {stack.ready_seconds:.1f} s")
    assert stack.ready_seconds < 30


def test_our_containers_are_unprivileged_and_cannot_write_their_root(stack: Stack) -> None:
    for service in (*OURS, "psc_sim", "console", "edge"):
        for found in stack.inspect(service):
            assert found["Config"]["User"] == "10001:10001", service
            assert found["HostConfig"]["ReadonlyRootfs"], service
            assert found["HostConfig"]["CapDrop"] == ["ALL"], service
            assert "no-new-privileges:true" in found["HostConfig"]["SecurityOpt"], service
            assert found["HostConfig"]["Memory"] > 0, service
            assert found["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped", service
    assert "10001" in stack.python("dmp_sim", "import os; print(os.getuid())")


@pytest.mark.parametrize(
    ("path", "service"),
    [("/_sandbox/ready", "ins_sim"), ("/w/default/_sandbox/ready", "ins_sim"), ("/_sandbox/workspaces", None)],
)
def test_what_all_services_answer_alike_is_answered(stack: Stack, path: str, service: str | None) -> None:
    answer = httpx.get(stack.url + path)
    assert answer.status_code == 200
    assert answer.headers["x-socles-simulated"] == "true"
    assert service is None or answer.json()["services"] == [service]


@pytest.mark.parametrize(
    "path", ["/lps", "/w/default/lps", "/si-dmp-server/v2/services/repository", "/si-dmp-server/v2/services/registry"]
)
def test_the_real_paths_reach_their_services_with_and_without_a_workspace(stack: Stack, path: str) -> None:
    answer = httpx.post(stack.url + path, content=b"<nonsense/>", headers=SOAP)
    assert "Fault" in answer.text
    link = answer.headers["x-socles-exchange"]
    assert link


def test_an_exchange_of_any_service_is_looked_at_in_the_console(stack: Stack) -> None:
    answer = httpx.post(f"{stack.url}/si-dmp-server/v2/services/registry", content=b"<nonsense/>", headers=SOAP)
    link = answer.headers["x-socles-exchange"]

    page = httpx.get(link, headers={"Accept": "text/html"}, follow_redirects=True)

    assert page.status_code == 200
    assert "/console/exchanges/" in str(page.url)
    assert "Règle non respectée" in page.text
    assert httpx.get(f"{stack.url}/w/default/console/").status_code == 200


def test_a_token_of_pro_sante_connect_is_made_and_looked_at_through_the_edge(stack: Stack) -> None:
    realm = "/auth/realms/esante-wallet"
    found = httpx.get(f"{stack.url}{realm}/.well-known/openid-configuration").json()
    made = httpx.post(f"{stack.url}/_sandbox/psc_sim/tokens", json={}).json()

    assert found["issuer"].endswith(realm)
    who = httpx.get(found["userinfo_endpoint"], headers={"Authorization": f"Bearer {made['access_token']}"})
    assert who.status_code == 200, who.text


def test_a_workspace_is_carried_away_with_the_parts_of_all_processes(stack: Stack) -> None:
    people = {"boxes": [{"address": "dpi@recette.mssante.example", "type": "APP"}]}
    httpx.post(f"{stack.url}/_sandbox/workspaces", json={"name": "from-here"}).raise_for_status()
    httpx.post(f"{stack.url}/w/from-here/_sandbox/population", json=people).raise_for_status()
    stay = {"stayId": "1.2.3^A1", "finessEg": "010000024", "admittedAt": "2026-03-01T08:00:00Z", "revision": 1}
    httpx.post(f"{stack.url}/w/from-here/api/stays", json=[stay])
    archive = httpx.get(f"{stack.url}/_sandbox/workspaces/from-here/archive", timeout=60)

    restored = httpx.post(
        f"{stack.url}/_sandbox/workspaces/to-there/archive",
        content=archive.content,
        headers={"Content-Type": "application/zip"},
        timeout=60,
    )

    assert archive.status_code == 200, archive.text
    assert restored.status_code < 300, restored.text
    boxes = httpx.get(
        f"{stack.url}/w/to-there/_sandbox/population/boxes", params={"limit": 1000, "offset": 1000}
    ).json()
    assert "dpi@recette.mssante.example" in {box["address"] for box in boxes}
    with zipfile.ZipFile(io.BytesIO(archive.content)) as whole:
        inside = " ".join(whole.namelist())
    assert all(service in inside for service in OURS)


def test_the_host_name_chooses_the_workspace(stack: Stack) -> None:
    named = httpx.post(f"{stack.url}/_sandbox/workspaces", json={"name": "by-host"})
    assert named.status_code in {201, 409}

    def seen() -> bool:
        answer = httpx.get(
            f"{stack.url}/_sandbox/clock", headers={"Host": f"by-host.socles.localhost:{stack.http_port}"}
        )
        return answer.json().get("workspace") == "by-host" or answer.status_code == 200

    until("the workspace is known", seen)
    unknown = httpx.get(f"{stack.url}/_sandbox/clock", headers={"Host": "nobody.socles.localhost"})
    assert unknown.status_code == 404


def test_the_page_and_its_stream_come_through(stack: Stack) -> None:
    page = httpx.get(f"{stack.url}/")
    assert "text/html" in page.headers["content-type"]
    with httpx.stream("GET", f"{stack.url}/api/stream", timeout=10) as stream:
        first = next(line for line in stream.iter_lines() if line.startswith("event:"))
    assert first == "event: snapshot"


def test_a_large_body_is_refused_by_the_service_in_its_own_words(stack: Stack) -> None:
    def flood() -> Iterator[bytes]:
        for _ in range(300):
            yield bytes(1 << 20)

    kind = 'multipart/related; type="application/xop+xml"; boundary="b"; start="<r>"; start-info="application/soap+xml"'
    head = {"Content-Type": kind, "Content-Length": str(300 << 20)}
    answer = httpx.post(f"{stack.url}/si-dmp-server/v2/services/repository", content=flood(), headers=head, timeout=30)
    assert "dépasse la taille permise" in answer.text


def test_mail_is_taken_behind_tls_and_the_journal_names_the_client(stack: Stack) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as client:
        assert client.starttls(context=context)[0] == 220
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("nobody@hopital.mssante.fr", "wrong")

    def told() -> bool:
        found = httpx.get(f"{stack.url}/_sandbox/exchanges", params={"limit": 20, "service": "mss_sim"}).json()["items"]
        return any(item["operation"] == "AUTH" for item in found)

    until("the refusal is in the journal", told)
    edge = {
        found["NetworkSettings"]["Networks"][f"{stack.project}_default"]["IPAddress"] for found in stack.inspect("edge")
    }
    items = httpx.get(f"{stack.url}/_sandbox/exchanges", params={"limit": 20, "service": "mss_sim"}).json()["items"]
    one = next(item for item in items if item["operation"] == "AUTH")
    detail = httpx.get(f"{stack.url}/_sandbox/exchanges/{one['id']}").json()
    assert detail["peer"].rpartition(":")[0] not in {"", *edge}


def demo(stack: Stack, workspace: str, seed: int) -> dict[str, object]:
    """What the demonstration tells as JSON; fails when its indicators are not what was sent."""
    arguments = [
        f"--seed={seed}",
        f"--workspace={workspace}",
        *["--duration=0", "--history=1", "--establishments=8", "--json"],
    ]
    command = ["socles", "demo", "--url=http://edge:8080", "--smtp=edge:2587", *arguments]
    told: dict[str, object] = json.loads(
        stack.compose("--profile", "demo", "run", "--rm", "--no-TTY", "demo", *command)
    )
    return told


def test_the_demonstration_adds_up_with_one_and_with_two_replicas(stack: Stack) -> None:
    assert demo(stack, "demo-one", 1)["agrees"] is True

    stack.up("--scale", "dmp_sim=2", "--scale", "metrics=2", "--no-recreate")
    assert [len(stack.containers(service)) for service in ("dmp_sim", "metrics")] == [2, 2]
    stack.variables.update(TWO)  # `docker compose run` goes by the file, not by an earlier --scale
    assert demo(stack, "demo-two", 2)["agrees"] is True

    assert len(stack.containers("dmp_sim")) == 2
    served = {found["Id"]: _requests(stack, number) for number, found in enumerate(stack.inspect("dmp_sim"), 1)}
    assert all(served.values()), served


def _requests(stack: Stack, number: int) -> float:
    """Deposits that one replica of the DMP has dealt with, by its own account."""
    code = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080/metrics').read().decode())"
    text = stack.compose("exec", "--no-TTY", "--index", str(number), "dmp_sim", "python", "-c", code)
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith("socle_acts_total{"))


def test_load_is_taken_and_its_books_balance(stack: Stack) -> None:
    target = ["--url=http://edge:8080", "--smtp=edge:2587", "--report-dir=/reports", "--json"]
    pace = ["--rate=40", "--duration=8", "--small", "--late-bound=10"]
    told = json.loads(stack.once("load", "socles", "load", *target, *pace))
    assert told["books"]["balanced"] is True, told["books"]
    assert all(row["counted"] == row["stored"] > 0 for row in told["books"]["rows"])


def test_roles_of_metrics_work_apart(stack: Stack) -> None:
    apart = replace(stack, files=(FILE, ROLES), variables={**stack.variables, **TWO})
    try:
        apart.up()
        until("the edge sends stays to who takes them", lambda: httpx.post(f"{stack.url}/api/stays").status_code != 404)
        assert demo(apart, "demo-roles", 3)["agrees"] is True
        assert [len(apart.containers(name)) for name in ("metrics", "metrics_consumer", "metrics_ingestion")] == [
            2,
            2,
            1,
        ]
    finally:
        stack.up("--remove-orphans")


async def test_foreign_consumers_read_the_events_through_the_outside_listener(stack: Stack) -> None:
    consumer = AIOKafkaConsumer(
        DmpDocumentRegistered.TOPIC,
        bootstrap_servers=f"127.0.0.1:{stack.kafka_port}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        record = await consumer.getone()
    finally:
        await consumer.stop()
    assert dict(record.headers)["ce_specversion"] == b"1.0"
