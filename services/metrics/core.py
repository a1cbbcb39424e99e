"""What the API's routes work with: one object instead of many arguments."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import HTTPException, Request

from metrics.catalogue import Catalogue
from metrics.changes import Changes
from metrics.consumer import GROUP, MetricsConsumer
from metrics.domain.days import to_ms
from metrics.domain.definitions import Definition
from metrics.domain.dimension import GroupBy, Site
from metrics.domain.windows import DEFAULT, BadWindow, Window, parse
from metrics.lag import LagWatch
from metrics.lease import RebuildUnderWay
from metrics.lookups import Scope
from metrics.pulse import Pulse
from metrics.rebuild import Rebuild, Rebuilt
from metrics.report import Question
from metrics.settings import MetricsSettings
from metrics.store import MetricsStore
from socle.control.model import DEFAULT_WORKSPACE, Workspace
from socle.ground import Ground


@dataclass(slots=True)
class Core:
    """The parts of the service."""

    ground: Ground
    settings: MetricsSettings
    catalogue: Catalogue
    store: MetricsStore
    consumer: MetricsConsumer | None
    """None in a process that has not this role."""
    changes: Changes
    pulse: Pulse
    lag: LagWatch
    rebuilding: bool = False
    """Whether this process does."""

    async def rebuild(self, *, switch: bool = True, renewing: bool = False) -> Rebuilt:
        """Replay the log into the shadow tables, compare, switch. Raises as :meth:`Rebuild.run`."""
        if self.rebuilding:
            raise RebuildUnderWay
        self.rebuilding = True
        try:
            await self.store.begin(self.catalogue.fingerprint)
            run = Rebuild(
                self.ground.bus,
                self.store.store,
                GROUP,
                self.catalogue.definitions,
                self.catalogue.fingerprint,
                dead=self.ground.control.roll.dead,
            )
            return await run.run(switch=switch, renewing=renewing)
        finally:
            self.rebuilding = False

    def workspace(self, request: Request) -> Workspace:
        """The request's workspace, resolved once by the outer application (D7); the default one without it."""
        found = request.scope.get("state", {}).get("workspace") or self.ground.control.workspace(DEFAULT_WORKSPACE)
        if not isinstance(found, Workspace):
            raise HTTPException(404, "espace de travail inconnu")
        return found

    def now_ms(self, workspace: Workspace) -> int:
        """By the workspace's clock."""
        return to_ms(self.ground.control.clock(workspace.name).now())

    def window(self, text: str, workspace: Workspace) -> Window:
        """Read a window; a mistake answers 422."""
        try:
            return parse(text, self.now_ms(workspace))
        except BadWindow as error:
            raise HTTPException(422, str(error)) from error

    def definitions(self, names: Sequence[str] | None) -> tuple[Definition, ...]:
        """The current definitions, or those named; an unknown one answers 404."""
        current = self.catalogue.current()
        if not names:
            return current
        found = tuple(definition for definition in current if definition.id in names)
        if len(found) != len(set(names)):
            known = ", ".join(definition.id for definition in current)
            raise HTTPException(404, f"indicateur inconnu ; indicateurs : {known}")
        return found

    def question(
        self,
        workspace: Workspace,
        *,
        window: str = DEFAULT,
        group: GroupBy = GroupBy.EG,
        indicators: Sequence[str] | None = None,
        finess: str | None = None,
        spark: int | None = None,
    ) -> Question:
        """What a request asks for."""
        return Question(
            scope=scope_of(workspace),
            text=window,
            window=self.window(window, workspace),
            group=group,
            definitions=self.definitions(indicators),
            now_ms=self.now_ms(workspace),
            spark=self.settings.spark_days if spark is None else spark,
            population=self.sites(workspace),
            finess=finess.replace(" ", "") if finess else None,
        )

    def sites(self, workspace: Workspace) -> list[Site]:
        """The population's establishments."""
        return [
            Site(
                site.finess_eg,
                site.finess_ej,
                site.name,
                site.kind.value,
                site.category,
                tuple(sorted(site.fields)),
                site.ght,
                site.region,
                site.city or None,
            )
            for site in self.ground.control.population(workspace.name).establishments
        ]


def scope_of(workspace: Workspace) -> Scope:
    """Workspace and epoch."""
    return (workspace.name, workspace.epoch)
