package fr.exemple.dpi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.w3c.dom.Element;

/** Feeds the DMP (ITI-41, SOAP with MTOM). */
public final class DmpClient {
    private static final String ROOT = "root.message@exemple-dpi";
    private static final int MOST_TRIES = 3;
    /** Refusals that pass by themselves: the same message may be sent again. */
    private static final Set<String> PASSING = Set.of("XDSRepositoryBusy", "XDSRegistryBusy");

    private final SoapClient soap;
    private final Supplier<Optional<String>> security;
    private final URI repository;
    private final LotSignature signature;
    private final Duration pause;

    /** {@code pause} lies before the second try, and twice as much before the third. */
    public DmpClient(URI repository, KeyStore keys, String alias, char[] password, Duration pause)
            throws GeneralSecurityException {
        this(repository, keys, alias, password, pause, SSLContext.getDefault(), Optional::empty);
    }

    /** {@code security} gives the header {@code wsse:Security} of each deposit; empty: a VIHF that nobody signed. */
    public DmpClient(URI repository, KeyStore keys, String alias, char[] password, Duration pause, SSLContext tls,
            Supplier<Optional<String>> security) throws GeneralSecurityException {
        this.soap = new SoapClient(tls);
        this.security = security;
        this.repository = repository;
        this.signature = new LotSignature(keys, alias, password);
        this.pause = pause;
    }

    /** What became of a deposit; {@code code} is the DMP's when it refused. */
    public record Deposited(boolean accepted, Optional<String> code, int tries) {}

    /** Sends a letter; again, unchanged, when the DMP is busy. */
    public Deposited deposit(Letter letter) throws IOException, GeneralSecurityException {
        String token = UUID.randomUUID().toString();
        byte[] body = body(letter, token);
        String type = "multipart/related; type=\"application/xop+xml\"; boundary=\"uuid:" + token + "\"; start=\"<" + ROOT
                + ">\"; start-info=\"application/soap+xml\"";
        for (int tries = 1; ; tries++) {
            SoapClient.Answer answer = soap.call(repository, type, body);
            Optional<String> code = refusal(answer);
            if (code.isEmpty() || !PASSING.contains(code.get()) || tries == MOST_TRIES) {
                return new Deposited(code.isEmpty(), code, tries);
            }
            sleep(pause.multipliedBy(tries));
        }
    }

    private static Optional<String> refusal(SoapClient.Answer answer) {
        boolean success = answer.element("RegistryResponse").map(found -> found.getAttribute("status"))
                .filter(status -> status.endsWith(":Success")).isPresent();
        if (success) {
            return Optional.empty();
        }
        Optional<Element> error = answer.element("RegistryError");
        return error.map(found -> found.getAttribute("errorCode")).or(() -> answer.text("Value")).or(() -> Optional.of("?"));
    }

    private byte[] body(Letter letter, String token) throws IOException, GeneralSecurityException {
        byte[] cda = letter.cda();
        Map<String, String> transport = new HashMap<>(Map.of("token", token, "to", repository.toString(),
                "hash", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(cda)),
                "size", Integer.toString(cda.length)));
        security.get().ifPresent(header -> transport.put("security", header));
        byte[] envelope = letter.envelope(transport);
        byte[] signed = signature.sign(letter.lotId(), letter.documentId(), cda, letter.stay().discharged());
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        part(whole, token, "application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"", ROOT, envelope);
        part(whole, token, "text/xml", token + "-1@urn:ihe:iti:xds-b:2007", cda);
        part(whole, token, "text/xml", token + "-2@urn:ihe:iti:xds-b:2007", signed);
        whole.write(("--uuid:" + token + "--").getBytes(StandardCharsets.US_ASCII));
        return whole.toByteArray();
    }

    private static void part(ByteArrayOutputStream whole, String token, String type, String id, byte[] content)
            throws IOException {
        whole.write(("--uuid:" + token + "\r\nContent-Type: " + type + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <"
                + id + ">\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        whole.write(content);
        whole.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static void sleep(Duration time) throws IOException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", error);
        }
    }
}
