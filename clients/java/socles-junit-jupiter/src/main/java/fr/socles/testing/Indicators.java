package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The usage indicators of the workspace's establishments. They follow the acts within a second. */
public final class Indicators {
    private static final String DEFAULT_WINDOW = "30d";

    private final Api api;
    private final Exchanges journal;
    private final Duration timeout;
    private final String window;

    Indicators(Api api, Exchanges journal, Duration timeout) {
        this(api, journal, timeout, DEFAULT_WINDOW);
    }

    private Indicators(Api api, Exchanges journal, Duration timeout, String window) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
        this.window = window;
    }

    /**
     * The same indicators over another window; by default the last 30 days of the workspace's clock.
     *
     * @param text {@code 2026-11}, {@code month}, {@code 7d} or {@code 2026-11-01..2026-11-15}
     * @return the indicators of that window
     */
    public Indicators over(String text) {
        return new Indicators(api, journal, timeout, text);
    }

    /**
     * A value as it is now.
     *
     * @param indicator such as {@code DMP-VOL}
     * @param finess of a site or legal entity; null for all
     * @return the value
     */
    public IndicatorValue value(String indicator, String finess) {
        JsonNode answer = api.get("/api/indicators", query(indicator, finess));
        return Api.read(answer.path("total").path("cells").path(indicator), IndicatorValue.class);
    }

    /**
     * Why the value is what it is: stays, documents, acts, and their exchanges.
     *
     * @param indicator such as {@code DMP-SORTIE}
     * @param finess of a site or legal entity; null for all
     * @return as {@code GET /api/explain} answers
     */
    public JsonNode explain(String indicator, String finess) {
        return api.get("/api/explain", query(indicator, finess));
    }

    /**
     * Waits until a value is as expected, for as long as the settings say.
     *
     * @param indicator such as {@code DMP-VOL}
     * @param finess of a site or legal entity; null for all
     * @param criteria what it must be
     * @return the value
     * @throws SoclesAssertionError when it is not in time
     */
    public IndicatorValue expect(String indicator, String finess, UnaryOperator<IndicatorCriteria> criteria) {
        return expect(indicator, finess, criteria, timeout);
    }

    /**
     * Waits until a value is as expected.
     *
     * @param indicator such as {@code DMP-VOL}
     * @param finess of a site or legal entity; null for all
     * @param criteria what it must be
     * @param limit for how long
     * @return the value
     * @throws SoclesAssertionError when it is not in time
     */
    public IndicatorValue expect(
            String indicator, String finess, UnaryOperator<IndicatorCriteria> criteria, Duration limit) {
        IndicatorCriteria wanted = criteria.apply(new IndicatorCriteria());
        return Wait.until(limit, () -> Optional.of(value(indicator, finess)).filter(wanted::accept))
                .orElseThrow(() -> new Report(
                                "Indicateur pas comme attendu en " + Wait.text(limit) + " / indicator not as expected")
                        .line("indicateur / indicator", indicator + ", FINESS " + finess + ", " + window)
                        .expected(wanted, List.of(value(indicator, finess)), one -> "num " + one.num() + ", den " + one.den())
                        .line("explication / explain", api.base() + "/api/explain?indicator=" + indicator + "&window=" + window
                                + (finess == null ? "" : "&finess=" + finess))
                        .exchanges(journal, null)
                        .error());
    }

    /**
     * Declares a stay: what cohort indicators divide by.
     *
     * @param stayId root, {@code ^}, extension, as the documents carry it in encompassingEncounter
     * @param finess of the site
     * @param admitted when it began
     * @param discharged when it ended; null while it lasts
     * @param ins matricule and key, or null
     */
    public void declareStay(
            String stayId, String finess, OffsetDateTime admitted, OffsetDateTime discharged, String ins) {
        Map<String, Object> stay = new LinkedHashMap<>(Map.of("stayId", stayId, "finess", finess, "admittedAt", admitted));
        if (discharged != null) {
            stay.put("dischargedAt", discharged);
        }
        if (ins != null) {
            stay.put("ins", ins);
        }
        api.post("/api/stays", List.of(stay));
    }

    private Map<String, Object> query(String indicator, String finess) {
        Map<String, Object> query = new LinkedHashMap<>(Map.of("indicator", indicator, "window", window));
        if (finess != null) {
            query.put("finess", finess);
        }
        return query;
    }
}
