package fr.socles.testing;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The sandbox's own authorities: what they issue, and what trusts them. */
public final class Certificates {
    private static final String PATH = "/_sandbox/pki";
    private static final String PASSWORD = "socles";

    private final Api api;

    Certificates(Api api) {
        this.api = api;
    }

    /**
     * Issues a right certificate.
     *
     * @param kind {@code insi-auto}, {@code insi-manu}, {@code org-auth-cli}, {@code org-sign}, {@code cps-auth}, {@code
     *     cps-sign} or {@code server}
     * @return it, with its key
     * @throws SoclesApiException for an unknown kind
     */
    public Certificate issue(String kind) {
        return issue(kind, UnaryOperator.identity());
    }

    /**
     * Issues a certificate.
     *
     * @param kind as in {@link #issue(String)}
     * @param wanted whose it is, and how it is wrong
     * @return it, with its key
     * @throws SoclesApiException for a kind, a flaw or a value that the authorities do not know
     */
    public Certificate issue(String kind, UnaryOperator<CertificateOrder> wanted) {
        CertificateOrder order = wanted.apply(new CertificateOrder(kind, PASSWORD));
        return new Certificate(api.made(PATH + "/certificates", order.body()), kind, PASSWORD);
    }

    /**
     * Revokes one: list and OCSP say so from now on, and INSi refuses it.
     *
     * @param certificate that was issued here
     */
    public void revoke(Certificate certificate) {
        api.post(PATH + "/certificates/" + certificate.x509().getSerialNumber().toString(16) + "/revoke", Map.of());
    }

    /**
     * The roots, for a {@code TrustManagerFactory} or a {@code javax.net.ssl.trustStore}.
     *
     * @return a store of trusted certificates
     */
    public KeyStore trustStore() {
        return Certificate.read(api.bytes(PATH + "/truststore.p12"), PASSWORD);
    }

    /**
     * TLS that trusts the sandbox and shows no certificate.
     *
     * @return for {@code HttpClient.Builder.sslContext} and its like
     */
    public SSLContext sslContext() {
        return context(null);
    }

    /**
     * Mutual TLS: trusts the sandbox, shows a certificate.
     *
     * @param shown by the client
     * @return for {@code HttpClient.Builder.sslContext} and its like
     */
    public SSLContext sslContext(Certificate shown) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(shown.keyStore(), shown.password());
            return context(keys.getKeyManagers());
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    private SSLContext context(KeyManager[] keys) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
