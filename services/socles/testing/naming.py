"""Python's names and JSON's."""


def member(name: str) -> str:
    """``national_id`` → ``nationalId``."""
    first, *others = name.split("_")
    return first + "".join(one.capitalize() for one in others)
