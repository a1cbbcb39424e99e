package fr.socles.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Faults on demand of the workspace. */
public final class Faults {
    static final String PATH = "/_sandbox/faults";

    private final Api api;
    private final Exchanges journal;
    private final Duration timeout;

    Faults(Api api, Exchanges journal, Duration timeout) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
    }

    /**
     * Injects a fault, at once.
     *
     * @param fault which
     * @return the fault in force
     */
    public Injection inject(Fault fault) {
        return new Injection(api, journal, timeout, fault);
    }

    /**
     * The faults that may be injected by id.
     *
     * @param service {@code dmp_sim}, {@code ins_sim} or {@code mss_sim}: its own and those of any service
     * @return in the order of their ids
     */
    public List<CatalogueEntry> catalogue(String service) {
        return api.list(CatalogueEntry.class, PATH + "/catalogue", Map.of("service", service));
    }

    /**
     * Puts the rules of a bad day in force.
     *
     * @param name such as {@code slow-monday}
     * @return its rules
     */
    public List<FaultRule> profile(String name) {
        return Api.list(api.post(PATH + "/profile", Map.of("profile", name)), FaultRule.class);
    }

    /**
     * The rules in force.
     *
     * @return in the order in which they are tried
     */
    public List<FaultRule> rules() {
        return rules(api);
    }

    /** Takes all rules away. */
    public void clear() {
        api.delete(PATH);
    }

    static List<FaultRule> rules(Api api) {
        return api.list(FaultRule.class, PATH, Map.of());
    }
}
