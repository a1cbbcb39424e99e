package fr.socles.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A fault in force, from the moment it was injected. Each refinement replaces the rule, its counters begin again; the
 * workspace forgets it with the test. {@code close} takes it away before, for use in a {@code try} block.
 */
public final class Injection implements AutoCloseable {
    private final Api api;
    private final Exchanges journal;
    private final String id = "java-" + UUID.randomUUID();
    private final Duration timeout;
    private Fault fault;

    Injection(Api api, Exchanges journal, Duration timeout, Fault fault) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
        put(fault);
    }

    /**
     * See {@link Fault#times}.
     *
     * @param count 1 or more
     * @return this
     */
    public Injection times(int count) {
        return put(fault.times(count));
    }

    /**
     * See {@link Fault#nth}.
     *
     * @param call counted from 1
     * @return this
     */
    public Injection nth(int call) {
        return put(fault.nth(call));
    }

    /**
     * See {@link Fault#match}.
     *
     * @param attribute of the call
     * @param pattern with {@code *}, {@code ?} and {@code […]}
     * @return this
     */
    public Injection match(String attribute, String pattern) {
        return put(fault.match(attribute, pattern));
    }

    /**
     * See {@link Fault#service}.
     *
     * @param name of the service
     * @return this
     */
    public Injection service(String name) {
        return put(fault.service(name));
    }

    /**
     * See {@link Fault#operation}.
     *
     * @param name of the operation
     * @return this
     */
    public Injection operation(String name) {
        return put(fault.operation(name));
    }

    /**
     * See {@link Fault#at}.
     *
     * @param point on the way of the act
     * @return this
     */
    public Injection at(FaultPoint point) {
        return put(fault.at(point));
    }

    /**
     * See {@link Fault#probability}.
     *
     * @param share 0 to 1
     * @return this
     */
    public Injection probability(double share) {
        return put(fault.probability(share));
    }

    /**
     * The rule's id, which an exchange names as its {@code fault}.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * How often the fault happened.
     *
     * @return 0 or more
     */
    public long fired() {
        return state().fired();
    }

    /**
     * How many calls matched, fault or not.
     *
     * @return 0 or more
     */
    public long seen() {
        return state().seen();
    }

    /**
     * Waits until the software has met the fault so often, for as long as the settings say.
     *
     * @param times how often exactly
     * @throws SoclesAssertionError when it was less often in time, or more often
     */
    public void expectFired(long times) {
        Wait.until(timeout, () -> Optional.of(state()).filter(one -> one.fired() >= times));
        FaultRule now = state();
        if (now.fired() != times) {
            throw new Report("La panne n'est pas survenue comme attendu / the fault did not happen as expected")
                    .line("attendue / expected", times)
                    .line("survenue / fired", now.fired() + ", appels / calls : " + now.seen())
                    .line("panne / fault", fault)
                    .exchanges(journal, null)
                    .error();
        }
    }

    /** Takes the rule away, if it is still there. */
    @Override
    public void close() {
        if (Faults.rules(api).stream().anyMatch(one -> one.id().equals(id))) {
            api.delete(Faults.PATH + "/" + id);
        }
    }

    private Injection put(Fault wanted) {
        api.post(Faults.PATH, wanted.with("id", id).rule());
        fault = wanted;
        return this;
    }

    private FaultRule state() {
        return Faults.rules(api).stream().filter(one -> one.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalStateException("the fault was taken away: " + fault));
    }
}
