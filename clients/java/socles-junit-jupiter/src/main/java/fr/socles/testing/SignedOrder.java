package fr.socles.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What any signed assertion may be asked to say of itself. What is not said is as a right one has it.
 *
 * @param <T> the order itself, so that calls can be chained
 */
public abstract class SignedOrder<T extends SignedOrder<T>> {
    private final Map<String, Object> said = new LinkedHashMap<>();
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    SignedOrder() {}

    abstract T self();

    /**
     * Wrong in one way, and right in all others.
     *
     * @param name one of {@link Signing#flaws()}
     * @return this
     */
    public T flaw(String name) {
        return with("flaw", name);
    }

    /**
     * When it was issued; by default now, by the workspace's clock.
     *
     * @param at {@code IssueInstant}
     * @return this
     */
    public T issuedAt(Instant at) {
        return with("issuedAt", at);
    }

    /**
     * With {@code Conditions}.
     *
     * @param duration from its issue on
     * @return this
     */
    public T validFor(Duration duration) {
        return with("validSeconds", duration.toMillis() / 1000.0);
    }

    /**
     * Who signs; by default who the assertion says.
     *
     * @param number OU of a structure's certificate, CN of a card
     * @return this
     */
    public T signer(String number) {
        return with("signer", number);
    }

    /**
     * An attribute of the assertion.
     *
     * @param name its {@code Name}
     * @param value its text
     * @return this
     */
    public T attribute(String name, String value) {
        attributes.put(name, value);
        return self();
    }

    /**
     * Leaves an attribute out.
     *
     * @param name its {@code Name}
     * @return this
     */
    public T without(String name) {
        attributes.put(name, null);
        return self();
    }

    /**
     * Any other member that the API takes, see {@code /openapi.json}.
     *
     * @param name in JSON
     * @param value as JSON has it
     * @return this
     */
    public T with(String name, Object value) {
        said.put(name, value);
        return self();
    }

    /** As the API takes it. */
    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>(said);
        if (!attributes.isEmpty()) {
            body.put("attributes", attributes);
        }
        return body;
    }
}
