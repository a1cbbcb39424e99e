"""Why a run cannot begin."""


class Unready(Exception):
    """The services cannot be loaded: they do not answer, have no establishment, or would refuse what is sent."""


class Unreachable(Unready):
    """No sandbox answers at the addresses."""
