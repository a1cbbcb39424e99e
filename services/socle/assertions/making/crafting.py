"""From the text of an assertion to the header block that is sent: signed, and wrong in one way if that is wished."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from lxml import etree

from socle.assertions.making.names import S
from socle.assertions.making.saml import Told, security
from socle.assertions.making.spoiling import SPOILINGS, Spoiling
from socle.assertions.making.wrapping import WRAPPINGS
from socle.pki.issuing import Holder
from socle.pki.kinds import AUTHENTICATION, Kind
from socle.pki.kinds import Flaw as CertificateFlaw
from socle.xmldsig.sign import PLAIN, Style, sign

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A deliberate mistake, and the one rule that it breaks."""

    name: str
    breaks: str
    certificate: CertificateFlaw | None = None
    authentication: bool = False
    """Signed with the certificate for TLS."""
    told: Callable[[Told], Told] | None = None
    """What the assertion says of itself, before it is signed."""
    before: Callable[[etree._Element], object] | None = None
    """A change before the signature."""
    after: Spoiling | None = None
    """A change behind the signature."""
    wrap: Callable[[etree._Element], None] | None = None

    def kind(self, right: Kind) -> Kind:
        """Of the certificate that signs."""
        return AUTHENTICATION[right] if self.authentication else right


def _shifted(by: timedelta) -> Callable[[Told], Told]:
    return lambda told: replace(told, issued_at=told.issued_at + by)


def _over(told: Told) -> Told:
    return replace(told, not_on_or_after=told.issued_at - _DAY)


def _flaws() -> Mapping[str, Flaw]:
    made = [
        Flaw("expired-assertion", "assertion.stale", told=_shifted(-_DAY)),
        Flaw("future-assertion", "assertion.future", told=_shifted(_DAY)),
        Flaw("no-instant", "assertion.instant", before=lambda one: one.attrib.pop("IssueInstant")),
        Flaw("over-conditions", "assertion.conditions", told=_over),
        Flaw("expired-certificate", "assertion.certificate.dates", CertificateFlaw.EXPIRED),
        Flaw("not-yet-valid-certificate", "assertion.certificate.dates", CertificateFlaw.NOT_YET_VALID),
        Flaw("revoked-certificate", "assertion.certificate.revoked", CertificateFlaw.REVOKED),
        Flaw("foreign-root", "assertion.certificate.issuer", CertificateFlaw.FOREIGN_ROOT),
        Flaw("weak-key", "assertion.certificate.key", CertificateFlaw.WEAK_KEY),
        Flaw("authentication-certificate", "dmp.signer.usage", authentication=True),
    ]
    made += [Flaw(name, f"assertion.{rule}", after=spoil) for name, (rule, spoil) in SPOILINGS.items()]
    made += [Flaw(name, "assertion.single", wrap=wrap) for name, wrap in WRAPPINGS.items()]
    made.append(Flaw("wrapped", "assertion.single", wrap=WRAPPINGS["xsw3"]))
    return {flaw.name: flaw for flaw in sorted(made, key=lambda one: one.name)}


FLAWS = _flaws()
"""By name."""


def crafted(
    write: Callable[[Told], str],
    told: Told,
    holder: Holder | None,
    style: Style = PLAIN,
    flaw: Flaw | None = None,
) -> str:
    """``wsse:Security`` with the assertion that ``write`` makes, signed by ``holder``; None: unsigned. Wrapped, it
    may be more than one header block. Blocking: a few milliseconds."""
    if flaw is not None and flaw.told is not None:
        told = flaw.told(told)
    if holder is not None and not told.issuer:
        told = replace(told, issuer=holder.certificate.subject.rfc4514_string())
    header = etree.fromstring(f"<header>{security(write(told))}</header>")
    assertion = header[0][0]
    if flaw is not None and flaw.before is not None:
        flaw.before(assertion)
    if holder is not None:
        sign(assertion, holder.key, holder.certificate, style)
        if flaw is not None and flaw.after is not None:
            flaw.after(assertion, holder.key)
        if flaw is not None and flaw.wrap is not None:
            flaw.wrap(assertion)
    return "".join(etree.tostring(block, encoding="unicode", with_tail=False) for block in header)


def assertion_in(header: str) -> str:
    """The first assertion of a crafted header, alone."""
    found = etree.fromstring(f"<header>{header}</header>").find(f".//{S}Assertion")
    assert found is not None
    return etree.tostring(found, encoding="unicode", with_tail=False)
