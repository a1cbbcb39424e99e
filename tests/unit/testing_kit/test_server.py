"""Addresses."""

import pytest

from socles.testing import address


def test_smtp_is_on_the_same_host_unless_told_otherwise() -> None:
    assert address("http://socles.example:8080/").smtp == ("socles.example", 2587)
    assert address("http://socles.example:8080", "mail.example:587").smtp == ("mail.example", 587)
    assert address("http://[::1]:8080", "[::1]:587").smtp == ("::1", 587)
    assert address("http://socles.example:8080/").url == "http://socles.example:8080"
    secure = address("http://socles.example:8080", None, "https://socles.example:8443/", "https://socles.example:9443")
    assert (secure.tls, secure.mutual) == ("https://socles.example:8443", "https://socles.example:9443")


@pytest.mark.parametrize(
    ("url", "smtp"),
    [
        ("socles.example:8080", None),
        ("ftp://socles.example", None),
        ("http://", None),
        ("http://a?b=c", None),
        ("http://a", "mail.example"),
        ("http://a", ":25"),
        ("http://a", "mail.example:smtp"),
        ("http://a", "mail.example:²5"),
    ],
)
def test_what_is_no_address_is_refused(url: str, smtp: str | None) -> None:
    with pytest.raises(ValueError, match="attendu / "):
        address(url, smtp)
