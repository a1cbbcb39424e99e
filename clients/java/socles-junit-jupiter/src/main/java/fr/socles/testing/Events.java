package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The events of the workspace, read where the services commit them. */
public final class Events {
    private static final String PREFIX = "fr.socles.";
    private static final Map<String, String> SERVICES = Map.of("dmp", "dmp_sim", "insi", "ins_sim", "mss", "mss_sim");
    private static final int PAGE = 1000;

    private final Api api;
    private final Exchanges journal;
    private final Duration timeout;

    Events(Api api, Exchanges journal, Duration timeout) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
    }

    /**
     * All events of a type.
     *
     * @param type such as {@code dmp.document.registered.v1}, with or without {@code fr.socles.}; or its first words
     * @return in the order of their commits
     */
    public List<Event> all(String type) {
        String name = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
        String service = SERVICES.getOrDefault(name.replaceAll("\\..*", ""), "metrics"); // stays are posted to metrics
        List<Event> found = new ArrayList<>();
        JsonNode after = null;
        do {
            Map<String, Object> query = Map.of("type", name, "limit", PAGE, "after", after == null ? 0 : after.asLong());
            JsonNode page = api.get("/_sandbox/" + service + "/events", query);
            found.addAll(Api.list(page.path("items"), Event.class));
            after = page.path("next");
        } while (after.isNumber());
        return found;
    }

    /**
     * Waits for an event, for as long as the settings say.
     *
     * @param type such as {@code dmp.document.registered.v1}
     * @param criteria what it must be
     * @return the oldest match
     * @throws SoclesAssertionError when there is none in time
     */
    public Event expect(String type, UnaryOperator<EventCriteria> criteria) {
        return expect(type, criteria, timeout);
    }

    /**
     * Waits for an event.
     *
     * @param type such as {@code dmp.document.registered.v1}
     * @param criteria what it must be
     * @param limit for how long
     * @return the oldest match
     * @throws SoclesAssertionError when there is none in time
     */
    public Event expect(String type, UnaryOperator<EventCriteria> criteria, Duration limit) {
        EventCriteria wanted = criteria.apply(new EventCriteria());
        return Wait.until(limit, () -> all(type).stream().filter(wanted::accept).findFirst())
                .orElseThrow(() -> new Report("Aucun événement attendu en " + Wait.text(limit) + " / no such event")
                        .line("type", type)
                        .expected(wanted, all(type), one -> one.type() + " " + one.subject())
                        .exchanges(journal, null)
                        .error());
    }
}
