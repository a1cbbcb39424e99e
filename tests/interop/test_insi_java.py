"""INSi through classes that CXF generates from the WSDL served, as it is: every person, the cases of the test book."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from socle.control.population.published import published
from support.sandbox_thread import RunningSandbox

pytestmark = [pytest.mark.interop, pytest.mark.timeout(400)]

PROJECT = Path(__file__).parent / "java" / "insi"


@dataclass(slots=True)
class Client:
    """The compiled client; it answers a line for each line."""

    command: list[str]

    def ask(self, *calls: tuple[str, ...]) -> list[str]:
        asked = "".join("\t".join(call) + "\n" for call in calls)
        done = subprocess.run(self.command, input=asked.encode(), capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().splitlines()


@pytest.fixture(scope="module")
def client(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Generated and built by Maven."""
    assert shutil.which("mvn"), "Maven is needed for this test"
    project = shutil.copytree(PROJECT, tmp_path_factory.mktemp("insi") / "project")
    goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"]
    command = ["mvn", "-q", "-B", f"-Dinsi.wsdl={sandbox.url}/lps?wsdl", *goals]
    built = subprocess.run(command, cwd=project, capture_output=True, timeout=300, check=False)
    assert built.returncode == 0, built.stdout.decode()
    path = f"{project / 'target' / 'classes'}:{(project / 'classpath').read_text()}"
    return Client(["java", "-cp", path, "InsiClient", f"{sandbox.url}/lps"])


def test_every_published_person_is_answered_as_documented(client: Client) -> None:
    expected, calls = [], []
    for identity in published():
        person = identity.person
        born = person.birth_date.isoformat()
        calls.append(
            ("traits", person.birth_name, " ".join(person.given_names), person.sex, born, person.birth_place or "")
        )
        found = [identity.expected]
        if identity.expected == "00" and person.ins is not None:
            numbers = [f"{one.matricule}{one.key or ''}" for one in (person.ins, *person.history)]
            found += [numbers[0], person.ins.oid, " ".join(person.given_names).replace(" ", "|"), *numbers[1:]]
        expected.append(" ".join(found))
    assert client.ask(*calls) == expected


def test_the_cases_of_the_test_book(client: Client) -> None:
    answers = client.ask(
        ("traits", "D’ÆION", "CŒUR", "M", "1987-01-25", ""),
        ("traits", "DE VINCI", "LEONARDO", "M", "2014-02-01", ""),
        ("traits", "DE VINCI", "LEONARDO", "M", "2014-02-01", "63220"),
        ("traits", "TCHITCHI", "OLA", "F", "1936-06-21", ""),
        ("traits", "TCHITCHI", "CATARINA", "F", "1936-06-21", ""),
        ("traits", "TCHITCHI", "CATARINA|BELLA", "F", "1936-06-21", ""),
        ("traits", "PANNE", "INSI-UNAVAILABLE", "F", "1975-12-31", ""),
    )
    assert [answer.split()[0] for answer in answers] == ["socles_203", "02", "00", "01", "00", "00", "desir_1020"]


def test_the_vitale_card_of_the_test_book(client: Client, sandbox: RunningSandbox) -> None:
    card = next(one for one in sandbox.get("/_sandbox/population/cards") if one["id"] == "insi-01")
    persons = {identity.person.id: identity.person for identity in published()}
    calls, expected = [], []
    for holder in card["holders"]:
        ins = persons[holder["personId"]].ins
        calls.append(("card", card["insured"], holder["birthDate"], str(holder["rank"])))
        expected.append(f"00 {ins.matricule}{ins.key} {ins.oid}" if ins else "01")
    answers = client.ask(*calls, ("card", card["insured"], "1950-01-01", "1"))
    assert len(expected) > 1
    assert [" ".join(answer.split()[:3]) for answer in answers] == [*expected, "01"]


def test_an_ins_is_verified_alone_and_by_batch(client: Client, sandbox: RunningSandbox) -> None:
    workspace = {"name": "java", "options": {"insi.batch.delay": "0"}}
    made = httpx.post(f"{sandbox.url}/_sandbox/workspaces", json=workspace, timeout=30, trust_env=False)
    assert made.status_code == 201
    person = next(identity.person for identity in published() if identity.person.id == "insi-ecetinsi")
    ins = person.ins
    assert ins is not None
    own = (ins.matricule, ins.key or "", ins.oid, person.birth_name, " ".join(person.given_names), person.sex)
    rest = (person.birth_date.isoformat(), person.birth_place or "")
    there = Client([*client.command[:-1], f"{sandbox.url}/w/java/lps"])
    *verified, demand, unknown = there.ask(
        ("verify", *own, *rest), ("verify", *own, "2009-07-15", rest[1]), ("demand", *own, *rest), ("fetch", "nobody's")
    )
    assert (verified, unknown) == (["00", "KO"], "socles_255")
    assert demand.split()[0::2] == ["PRETE", "1:00"]
    assert there.ask(("fetch", demand.split()[1])) == [demand]
    assert demand.endswith(" 1:00 2:KO")
