"""The metrics service as its readers see it: values by establishment, and targets."""

from decimal import Decimal
from typing import Any

from sandbox.clients.http import Http
from sandbox.demo.compare import Target
from sandbox.hospitals.expected import Value

PATH = "/api/indicators"
WINDOW = "90d"
"""Rolling days: wide enough for stays that ended weeks before the simulated day."""


class Indicators:
    """Reads ``GET /api/indicators``."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def values(self) -> dict[tuple[str, str], Value]:
        """(FINESS, indicator code) → value, for every establishment listed."""
        answer = await self._read()
        return {
            (row["key"], code): Value(cell["num"], cell["den"])
            for row in answer["rows"]
            if row["level"] == "eg"
            for code, cell in row["cells"].items()
        }

    async def everything(self) -> dict[str, dict[str, Any]]:
        """``level/key`` → indicator code → numerator, denominator and measures: every row there is, and the total."""
        answer = await self._read()
        return {
            f"{row['level']}/{row['key']}": {
                code: {"numerator": cell["num"], "denominator": cell["den"], "measures": cell["measures"]}
                for code, cell in sorted(row["cells"].items())
            }
            for row in [*answer["rows"], {**answer["total"], "level": "total"}]
        }

    async def targets(self) -> dict[str, Target]:
        """Indicator code → target, where there is one."""
        answer = await self._read()
        return {
            one["id"]: Target(Decimal(str(one["target"]["value"])), one["target"]["comparison"])
            for one in answer["indicators"]
            if one["target"] and one["target"]["value"] is not None
        }

    async def _read(self) -> Any:
        return await self._http.get_json(PATH, window=WINDOW, group="eg", spark=0)
