"""What a request to the console is about: which sandbox, which workspace, and how links of the answer begin."""

from dataclasses import dataclass

from fastapi import Request

from console.sandbox import Sandbox
from socle.control.model import DEFAULT_WORKSPACE


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read once."""

    sandbox: Sandbox
    workspace: str
    named: bool
    """The request said which workspace; else an exchange is found by its id alone."""
    prefix: str
    """``/w/{workspace}`` when the path had it."""
    origin: str
    """Scheme, host and port that the browser used."""
    public: str | None
    """What clients call this sandbox, if it was told: that host names no workspace."""

    def root(self, workspace: str) -> str:
        """What links begin with to stay in ``workspace``: nothing, or ``/w/…``."""
        if self.named and workspace == self.workspace:
            return self.prefix
        return _prefix(workspace)

    def base(self, workspace: str) -> str:
        """What an address to be used elsewhere begins with: in a shell, in another's browser."""
        return self.origin + self.root(workspace) if self.public is None else self.public + _prefix(workspace)


def _prefix(workspace: str) -> str:
    return "" if workspace == DEFAULT_WORKSPACE else f"/w/{workspace}"


def asked(request: Request, sandbox: Sandbox, address: str) -> Asked:
    """Read a request that the outer application has looked at: its ``state`` says the workspace.

    ``address``: where the sandbox is asked, which the client does not choose.
    """
    state = request.state
    public = getattr(state, "public_url", None)
    name = state.workspace.name
    return Asked(
        sandbox.at(address, name if state.named else None),
        name,
        bool(state.named),
        str(getattr(state, "prefix", "")),
        f"{request.url.scheme}://{request.url.netloc}",
        str(public).partition("/w/")[0] if public else None,
    )
