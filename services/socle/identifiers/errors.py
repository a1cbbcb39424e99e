"""The one error of the value types."""


class InvalidIdentifier(ValueError):
    """The text does not have the shape of the identifier; the message says what was expected and what was found."""
