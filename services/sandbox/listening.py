"""Where a sandbox listens: the options that say it, and what is said when an address cannot be had."""

from typing import Annotated

import typer

_MOST = 65535

Host = Annotated[str, typer.Option(envvar="SOCLES_HOST", help="Adresse d'écoute / address to listen on.")]
Port = Annotated[
    int,
    typer.Option(
        envvar="SOCLES_HTTP_PORT",
        min=0,
        max=_MOST,
        help="Port HTTP (SOAP, JSON, page) ; 0 : un port libre / HTTP port; 0: a free one.",
    ),
]
SmtpPort = Annotated[
    int,
    typer.Option(
        envvar="SOCLES_MSS_SMTP_PORT",
        min=0,
        max=_MOST,
        help="Port SMTP (STARTTLS) ; 0 : un libre / SMTP port; 0: a free one.",
    ),
]
SmtpsPort = Annotated[
    int | None,
    typer.Option(
        envvar="SOCLES_MSS_SMTPS_PORT",
        min=0,
        max=_MOST,
        help="Port SMTP en TLS d'emblée ; 0 : un libre / SMTP with TLS at once; 0: a free one.",
    ),
]
TlsPort = Annotated[
    int | None,
    typer.Option(
        envvar="SOCLES_TLS_PORT",
        min=0,
        max=_MOST,
        help="Port HTTPS, sans certificat client / without a client certificate.",
    ),
]
MutualPort = Annotated[
    int | None,
    typer.Option(
        envvar="SOCLES_TLS_MUTUAL_PORT",
        min=0,
        max=_MOST,
        help="Port HTTPS, avec certificat client / with a client certificate.",
    ),
]


def require_free(host: str, ports: dict[str, int | None]) -> None:
    """Raise ``OSError`` for the first port (by its option) that cannot be listened on; 0 and None always can."""
    from socle.http_server import listen

    for flag, port in ports.items():
        if port is None:
            continue
        try:
            listen(host, port).close()
        except OSError as error:
            raise OSError(
                f"impossible d'écouter sur {host}:{port} ; {flag} choisit un autre port (0 : un libre).\n"
                f"{error.strerror}; {flag} chooses another port (0: a free one)."
            ) from error
