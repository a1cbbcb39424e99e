"""Logs: structlog, as JSON lines or for the eye; never with personal data.

Whatever is logged, by us or by a library, goes through one last filter that hides what looks like a matricule or a
citizen's mail address: references (``patientRef``) and exchange ids are what logs may name.
"""

import logging
import re
import sys
from enum import StrEnum
from typing import TextIO

import structlog
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from structlog.typing import EventDict, Processor, ProcessorReturnValue, WrappedLogger

_MATRICULE = re.compile(
    r"(?<![0-9A-Za-z-])[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_CITIZEN = re.compile(r"[^\s\"'<>@]+@patient\.mssante\.fr", re.IGNORECASE)


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    """``console`` on a terminal, else ``json``."""
    JSON = "json"
    CONSOLE = "console"


class LogSettings(BaseSettings):
    """Read from ``SOCLES_LOG_…``."""

    model_config = SettingsConfigDict(env_prefix="SOCLES_LOG_", frozen=True)

    format: LogFormat = Field(default=LogFormat.AUTO, description="auto, json or console")
    level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$",
        description="DEBUG, INFO, WARNING, ERROR, CRITICAL",
    )


def mask(text: str) -> str:
    """Hide matricules (13 or 15 characters) and citizens' addresses.

    >>> mask("patient 279035121518989, 279035121518989@patient.mssante.fr")
    'patient <ins>, <citizen>'
    """
    return _MATRICULE.sub("<ins>", _CITIZEN.sub("<citizen>", text))


def configure(settings: LogSettings | None = None, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's logs, libraries' too, to ``stream`` (standard error by default)."""
    settings, stream = settings or LogSettings(), stream or sys.stderr
    console = settings.format is LogFormat.CONSOLE or (settings.format is LogFormat.AUTO and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: list[Processor] = (
        # plain: the default prints local variables, patients' data among them, and takes minutes over a large message
        [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer, _masked],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level)
    # one line for each migration step and each request says nothing that the journal does not say better
    for chatty in ("alembic", "uvicorn.access", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _masked(logger: WrappedLogger, name: str, rendered: EventDict) -> ProcessorReturnValue:
    """Last in the chain: what comes in is the rendered line."""
    return mask(str(rendered))
