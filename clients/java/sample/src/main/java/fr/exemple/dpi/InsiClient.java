package fr.exemple.dpi;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/** Looks up identities (WS_INS2). */
public final class InsiClient {
    private static final String TYPE = "application/soap+xml; charset=utf-8;"
            + " action=\"urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite\"";

    private final SoapClient soap;
    private final URI endpoint;
    private final Facts.Site site;

    /** For one establishment. */
    public InsiClient(URI endpoint, Facts.Site site) throws GeneralSecurityException {
        this(endpoint, site, SSLContext.getDefault());
    }

    /** With the establishment's certificate. */
    public InsiClient(URI endpoint, Facts.Site site, SSLContext tls) {
        soap = new SoapClient(tls);
        this.endpoint = endpoint;
        this.site = site;
    }

    /** A number with its OID. */
    public record Identity(String ins, String oid) {}

    /** The identity, when exactly one person has these traits. */
    public Optional<Identity> find(Facts.Traits traits) throws IOException {
        byte[] body = Template.fill("insi.xml", Map.of(
                "token", UUID.randomUUID().toString(),
                "instant", DateTimeFormatter.ISO_INSTANT.format(Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS)),
                "finess", site.finess(),
                "birthName", traits.birthName(),
                "givenName", traits.givenName(),
                "sex", traits.sex(),
                "birthDate", traits.birthDate().toString(),
                "birthPlace", traits.birthPlace()));
        SoapClient.Answer answer = soap.call(endpoint, TYPE, body);
        if (!answer.text("CodeCR").orElse("").equals("00")) {
            return Optional.empty();
        }
        String number = answer.text("NumIdentifiant").orElseThrow() + answer.text("Cle").orElseThrow();
        return Optional.of(new Identity(number, answer.text("OID").orElseThrow()));
    }
}
