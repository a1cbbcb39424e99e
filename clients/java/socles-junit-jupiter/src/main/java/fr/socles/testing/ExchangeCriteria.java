package fr.socles.testing;

/** What is expected of an exchange. */
public final class ExchangeCriteria extends Criteria<Exchange, ExchangeCriteria> {
    ExchangeCriteria() {}

    /**
     * The service.
     *
     * @param name {@code dmp_sim}, {@code ins_sim}, {@code mss_sim} or {@code metrics}
     * @return these criteria
     */
    public ExchangeCriteria service(String name) {
        return equal("service", name, Exchange::service);
    }

    /**
     * The operation.
     *
     * @param name {@code ITI-41}, {@code DATA} …
     * @return these criteria
     */
    public ExchangeCriteria operation(String name) {
        return equal("operation", name, Exchange::operation);
    }

    /**
     * How it ended.
     *
     * @param outcome {@code accepted}, {@code refused}, {@code fault}, {@code error} or {@code overload}
     * @return these criteria
     */
    public ExchangeCriteria outcome(String outcome) {
        return equal("outcome", outcome, Exchange::outcome);
    }

    /**
     * The code that the answer carried.
     *
     * @param code such as {@code XDSRepositoryBusy} or {@code 00}
     * @return these criteria
     */
    public ExchangeCriteria code(String code) {
        return equal("code", code, Exchange::code);
    }

    /**
     * What the act was about.
     *
     * @param id of a document or message
     * @return these criteria
     */
    public ExchangeCriteria subject(String id) {
        return equal("subject", id, Exchange::subject);
    }

    /**
     * The establishment it was attributed to.
     *
     * @param finess of the site
     * @return these criteria
     */
    public ExchangeCriteria finess(String finess) {
        return equal("finess", finess, Exchange::finess);
    }

    /**
     * A rule that it broke.
     *
     * @param id of the rule
     * @return these criteria
     */
    public ExchangeCriteria rule(String id) {
        return matching("rules ∋ " + id, one -> one.rules().contains(id));
    }
}
