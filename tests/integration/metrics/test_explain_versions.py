"""A document is found by the uniqueId of each of its versions, the replaced ones too."""

from pathlib import Path

import pytest

from support.metrics_events import document, stay
from support.metrics_served import NOW, served


@pytest.mark.parametrize("indicator", ["DMP-VOL", "DMP-SORTIE"])
async def test_a_replaced_version_leads_to_what_counts_now(
    tmp_path: Path, database: str | None, indicator: str
) -> None:
    async with served(tmp_path, database=database) as run:
        log = [
            stay("s", discharged=NOW),
            document("s", at=NOW),
            document("s", kind="replaced", revision=2, at=NOW, registered_at=NOW),
            document("other", at=NOW),
        ]
        await run.emit(log)
        await run.caught_up(len(log))
        for version in ("doc-s-1", "doc-s-2", "lid-s"):
            answer = await run.http.get("/api/explain", params={"indicator": indicator, "thing": version})
            (thing,) = answer.json()["things"]
            assert (thing["id"], thing["label"], thing["counts"]) == ("lid-s", "doc-s-2", True)
            assert [event["revision"] for event in thing["events"]] == [1, 2]
        assert (
            await run.http.get("/api/explain", params={"indicator": indicator, "thing": "doc-x"})
        ).status_code == 404
