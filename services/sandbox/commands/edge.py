"""``socles edge``: what a proxy needs that speaks TLS before the services (docs/decisions/0019)."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def edge(folder: Annotated[Path, typer.Argument(help="Dossier, que le mandataire et les services lisent.")]) -> None:
    """Écrire certificat, clé et secret d'un mandataire TLS / write what a TLS proxy before the services needs.

    Autorités : SOCLES_PKI_DIR ; noms de plus : SOCLES_TLS_HOSTS. Refaire ne change rien, sauf un certificat périmé.
    """
    from socle.pki.wiring import make_pki
    from socle.settings import GroundSettings
    from socle.tls.edge_files import KEY, SERVER, prepare_edge
    from socle.tls.settings import TlsSettings

    try:
        prepare_edge(folder, make_pki(GroundSettings()), TlsSettings().hosts)
    except (OSError, ValueError) as error:
        sys.exit(f"socles: {error}")
    print(f"{folder / SERVER}, {folder / KEY}")
