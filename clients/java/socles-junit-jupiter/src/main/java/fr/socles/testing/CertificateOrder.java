package fr.socles.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A certificate to be issued. What is not said is as a right one has it. */
public final class CertificateOrder {
    private final Map<String, Object> said = new LinkedHashMap<>();

    CertificateOrder(String kind, String password) {
        said.put("kind", kind);
        said.put("format", "p12");
        said.put("password", password);
    }

    /**
     * Wrong in one way.
     *
     * @param name {@code expired}, {@code not-yet-valid}, {@code revoked}, {@code wrong-host}, {@code foreign-root}, {@code
     *     wrong-cn} or {@code weak-key}
     * @return this
     */
    public CertificateOrder flaw(String name) {
        return with("flaw", name);
    }

    /**
     * The structure.
     *
     * @param number OU: 1 and the FINESS, or 3 and the SIRET
     * @return this
     */
    public CertificateOrder structure(String number) {
        return with("structure", number);
    }

    /**
     * The name of the organisation.
     *
     * @param name O
     * @return this
     */
    public CertificateOrder organisation(String name) {
        return with("organisation", name);
    }

    /**
     * The professional of a card.
     *
     * @param nationalId CN: 8 and the RPPS number
     * @param family name
     * @param given name
     * @return this
     */
    public CertificateOrder professional(String nationalId, String family, String given) {
        return with("nationalId", nationalId).with("family", family).with("given", given);
    }

    /**
     * More names of a server.
     *
     * @param names of hosts
     * @return this
     */
    public CertificateOrder hosts(String... names) {
        return with("hosts", List.of(names));
    }

    private CertificateOrder with(String name, Object value) {
        said.put(name, value);
        return this;
    }

    /** As the API takes it. */
    Map<String, Object> body() {
        return said;
    }
}
