"""Why an archive is not taken, or cannot be made."""


class BadArchive(ValueError):
    """What was sent is no archive, or one that cannot be restored here. Nothing was changed."""

    def __init__(self, message_fr: str, message: str, *, code: str = "archive.invalid", status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.message_fr = message_fr
        self.status = status


class TooLarge(BadArchive):
    """More than the settings allow."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"L'archive dépasse la limite de {limit} octets (SOCLES_ARCHIVE_MAX_BYTES).",
            f"The archive is larger than {limit} octets (SOCLES_ARCHIVE_MAX_BYTES).",
            code="archive.too-large",
            status=413,
        )


class CannotArchive(RuntimeError):
    """The archive would not be whole."""

    def __init__(self, message_fr: str, message: str, *, code: str = "archive.incomplete", status: int = 409) -> None:
        super().__init__(message)
        self.code = code
        self.message_fr = message_fr
        self.status = status


def wrong(what: str) -> BadArchive:
    """Something in it is not as it must be."""
    return BadArchive(f"Archive illisible : {what}.", f"Unreadable archive: {what}.")
