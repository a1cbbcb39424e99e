"""All services in one process (D6): assembled here, and nowhere else do the four meet."""

import socket
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATA = Path(".socles")


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """Where the services listen and keep their data."""

    data_dir: Path = DEFAULT_DATA
    host: str = "127.0.0.1"
    http_port: int = 8080
    smtp_port: int = 2587
    smtps_port: int | None = None
    """Submission with TLS first; None: as the environment says (``MssSettings``), by default no listener."""
    population_seed: int | None = None
    establishments: int | None = None
    """Of the population, at the first start; None: as the environment says (``ControlSettings``)."""
    tls_port: int | None = None
    """One-way TLS; None: as the environment says (``TlsSettings``), by default no listener."""
    mutual_port: int | None = None
    """TLS that asks for the client's certificate."""


class Sandbox:
    """The running services: ``async with Sandbox(options) as sandbox`` serves until the block ends, then stops well.

    Opening raises ``OSError`` naming the address when a port is taken.
    """

    def __init__(self, options: LaunchOptions) -> None:
        # Imported here: who only asks for help or the version does not pay for the services.
        from console.app import build as console
        from console.settings import ConsoleSettings
        from dmp_sim.app import build as dmp
        from ins_sim.app import build as ins
        from metrics.app import build as metrics
        from mss_sim.app import build as mss
        from mss_sim.settings import MssSettings
        from psc_sim.app import build as psc
        from socle.control.settings import ControlSettings
        from socle.ground import Ground
        from socle.http_server import listen
        from socle.serve import Process
        from socle.service import Service
        from socle.settings import GroundSettings
        from socle.tls.settings import TlsSettings
        from socle.web.factory import create_app

        settings = GroundSettings(data_dir=options.data_dir, host=options.host, http_port=options.http_port)
        people = {"population_seed": options.population_seed, "establishments": options.establishments}
        known = {name: number for name, number in people.items() if number is not None}
        ground = Ground.open(settings, ControlSettings.model_validate(known))
        mail = {"smtp_port": options.smtp_port, "smtps_port": options.smtps_port}
        self._mss = mss(
            ground, MssSettings.model_validate({name: port for name, port in mail.items() if port is not None})
        )
        shown = console(ConsoleSettings(smtp_port=options.smtp_port), lambda: self.process.url)
        services: list[Service] = [ins(ground), dmp(ground), self._mss, psc(ground), metrics(ground), shown]
        self.stopping = ground.stopping
        self._data = options.data_dir
        ports = {"port": options.tls_port, "mutual_port": options.mutual_port}
        tls = TlsSettings.model_validate({name: port for name, port in ports.items() if port is not None})
        self.process: Process = Process(
            ground, services, create_app(ground, services), [listen(options.host, options.http_port)], tls
        )

    @property
    def url(self) -> str:
        """Of the HTTP services."""
        return self.process.url

    def secure_url(self, *, mutual: bool) -> str | None:
        """Of a TLS listener, if there is one."""
        return self.process.secure_url(mutual=mutual)

    @property
    def smtp(self) -> tuple[str, int]:
        """Host and port of the submission server."""
        return self._mss.smtp_address

    @property
    def smtps(self) -> tuple[str, int] | None:
        """Of the submission server with TLS first, if there is one."""
        return self._mss.smtps_address

    @property
    def addresses(self) -> dict[str, str | None]:
        """Where everything listens, once started: what ``socles up --json`` prints. None: no such listener."""
        return {
            "url": self.url,
            "tls": self.secure_url(mutual=False),
            "mutual": self.secure_url(mutual=True),
            "smtp": _told(self.smtp),
            "smtps": _told(self.smtps) if self.smtps is not None else None,
            "psc": f"{self.url}/auth/realms/esante-wallet",
            "console": f"{self.url}/console",
            "data": str(self._data.resolve()),
        }

    async def __aenter__(self) -> "Sandbox":
        await self.process.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.process.stop()


def _told(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def free_port(host: str, wanted: int) -> int:
    """``wanted`` if nobody has it, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")
