"""RegistryResponse, as the live service lays it out."""

from collections.abc import Sequence

from dmp_sim.domain import names
from dmp_sim.domain.verdict import RegistryError
from socle.soap.render import escape

_OPEN = f'<ns3:RegistryResponse xmlns:ns3="{names.RS}"'
SUCCESS_BODY = f'{_OPEN} status="{names.SUCCESS}"/>'.encode()


def attribute(text: str) -> str:
    """Content of an XML attribute in double quotes; line ends become spaces, since clients read answers by line."""
    return escape(text).replace('"', "&quot;").replace("\n", " ").replace("\r", " ")


def failure(errors: Sequence[RegistryError]) -> bytes:
    """A Failure with its error list."""
    return registry_response(names.FAILURE, errors).encode()


def warned(warnings: Sequence[RegistryError]) -> bytes:
    """A Success that carries warnings."""
    return registry_response(names.SUCCESS, warnings, severity=names.SEVERITY_WARNING).encode()


def registry_response(status: str, errors: Sequence[RegistryError], *, severity: str = names.SEVERITY_ERROR) -> str:
    """``rs:RegistryResponse`` with ``status`` and, if there are errors, their list."""
    if not errors:
        return f'{_OPEN} status="{status}"/>'
    return f'{_OPEN} status="{status}">{error_list(errors, severity=severity)}</ns3:RegistryResponse>'


def error_list(errors: Sequence[RegistryError], *, severity: str = names.SEVERITY_ERROR) -> str:
    """``rs:RegistryErrorList``; the prefix ns3 must be declared around it."""
    items = "".join(
        f'<ns3:RegistryError codeContext="{attribute(error.context)}" errorCode="{attribute(error.code)}" '
        f'location="{attribute(error.location)}" severity="{severity}"/>'
        for error in errors
    )
    return f'<ns3:RegistryErrorList highestSeverity="{severity}">{items}</ns3:RegistryErrorList>'
