"""``/fhir`` while PostgreSQL is away: it reads from memory and goes on; fault rules, which nobody could count, wait."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.settings import GroundSettings
from support.fhir_served import served
from support.postgres import PostgresServer, fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

ASKED = ("/fhir/metadata", "/fhir/Patient/insi-ecetinsi", "/fhir/Patient?family=PAT")


async def test_reading_and_searching_go_on(tmp_path: Path, postgres_server: PostgresServer) -> None:
    with fresh_database(postgres_server.url()) as url:
        settings = GroundSettings(data_dir=tmp_path, database_url=SecretStr(url))
        small = ControlSettings(establishments=1, patients_per_establishment=1)
        async with served(Ground.open(settings, small)) as http:
            rule = {"effect": "refuse", "service": "ins_sim", "code": "418"}
            assert (await http.post("/_sandbox/faults", json=rule)).status_code == 201
            assert (await http.get(ASKED[0])).status_code == 418
            await asyncio.to_thread(postgres_server.stop)
            try:
                assert [(await http.get(path)).status_code for path in ASKED] == [200, 200, 200]
                assert (await http.get("/_sandbox/ready")).status_code == 503
            finally:
                await asyncio.to_thread(postgres_server.start)
            async with asyncio.timeout(30):
                while (await http.get(ASKED[0])).status_code != 418:
                    await asyncio.sleep(0.1)
