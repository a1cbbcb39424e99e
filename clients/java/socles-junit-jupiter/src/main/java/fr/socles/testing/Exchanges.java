package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The journal of the workspace: every exchange, bytes included. */
public final class Exchanges {
    private static final String PATH = "/_sandbox/exchanges";
    private static final int PAGE = 500;

    private final Api api;
    private final Duration timeout;

    Exchanges(Api api, Duration timeout) {
        this.api = api;
        this.timeout = timeout;
    }

    /**
     * All exchanges of the workspace.
     *
     * @return summaries, newest first
     */
    public List<Exchange> all() {
        return all(null);
    }

    /**
     * The exchanges with a service.
     *
     * @param service such as {@code dmp_sim}; null for all
     * @return summaries, newest first
     */
    public List<Exchange> all(String service) {
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("limit", PAGE);
        if (service != null) {
            query.put("service", service);
        }
        List<Exchange> found = new ArrayList<>();
        JsonNode page;
        do {
            page = api.get(PATH, query);
            page.path("items").forEach(this::link);
            found.addAll(Api.list(page.path("items"), Exchange.class));
            query.put("before", page.path("next").asLong());
        } while (page.path("next").isNumber());
        return found;
    }

    /**
     * One exchange with its findings.
     *
     * @param id as {@code X-Socles-Exchange} gives it (its last segment), or as a summary does
     * @return the exchange
     * @throws SoclesApiException 404 when there is none
     */
    public Exchange get(String id) {
        return Api.read(link(api.get(path(id), Map.of())), Exchange.class);
    }

    /**
     * What was received.
     *
     * @param id of the exchange
     * @return the bytes of the request's body
     */
    public byte[] request(String id) {
        return api.bytes(path(id) + "/request");
    }

    /**
     * What was answered.
     *
     * @param id of the exchange
     * @return the bytes of the answer's body
     */
    public byte[] response(String id) {
        return api.bytes(path(id) + "/response");
    }

    /**
     * The journal as a file for CI.
     *
     * @param format {@code junit} or {@code sarif}
     * @param failOn the least severity of a finding that is a failure
     * @return the file's bytes
     */
    public byte[] report(String format, Severity failOn) {
        return api.bytes(PATH + "/report?format=" + Api.segment(format) + "&failOn=" + failOn.wire());
    }

    /**
     * Waits for an exchange, for as long as the settings say.
     *
     * @param criteria what it must be
     * @return the newest match, with its findings
     * @throws SoclesAssertionError when there is none in time
     */
    public Exchange expect(UnaryOperator<ExchangeCriteria> criteria) {
        return expect(criteria, timeout);
    }

    /**
     * Waits for an exchange.
     *
     * @param criteria what it must be
     * @param limit for how long
     * @return the newest match, with its findings
     * @throws SoclesAssertionError when there is none in time
     */
    public Exchange expect(UnaryOperator<ExchangeCriteria> criteria, Duration limit) {
        ExchangeCriteria wanted = criteria.apply(new ExchangeCriteria());
        return Wait.until(limit, () -> all().stream().filter(wanted::accept).findFirst())
                .map(one -> get(one.id()))
                .orElseThrow(() -> new Report("Aucun échange attendu en " + Wait.text(limit) + " / no such exchange")
                        .expected(wanted, all(), one -> one.service() + " " + one.operation())
                        .exchanges(this, null)
                        .error());
    }

    /** The address of the workspace, for messages. */
    String base() {
        return api.base();
    }

    private static String path(String id) {
        return PATH + "/" + Api.segment(id);
    }

    private JsonNode link(JsonNode exchange) {
        return ((ObjectNode) exchange).put("link", api.base() + path(exchange.path("id").asText()));
    }
}
