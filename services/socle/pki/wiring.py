"""The chain that the settings name."""

from socle.pki.folder import Pki
from socle.settings import GroundSettings


def make_pki(settings: GroundSettings) -> Pki:
    """Nothing is read or made before it is asked for something."""
    base = settings.public_url or f"http://{settings.host}:{settings.http_port}"
    return Pki(settings.pki_dir or settings.data_dir / "pki", base, settings.pki_outside)
