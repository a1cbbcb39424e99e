package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The clock of the workspace: tokens, windows, mail dates and the freshness of messages follow it. */
public final class WorkspaceClock {
    private static final String PATH = "/_sandbox/clock";

    private final Api api;

    WorkspaceClock(Api api) {
        this.api = api;
    }

    /**
     * What it shows.
     *
     * @return the instant
     */
    public Instant now() {
        return instant(api.get(PATH, Map.of()));
    }

    /**
     * Stops it at an instant.
     *
     * @param at what it will show
     * @return what it shows
     */
    public Instant freeze(Instant at) {
        return instant(api.post(PATH + "/freeze", Map.of("at", at)));
    }

    /**
     * Stops it where it is.
     *
     * @return what it shows
     */
    public Instant freeze() {
        return instant(api.post(PATH + "/freeze", Map.of()));
    }

    /**
     * Moves it, running or not.
     *
     * @param by how far; backwards if negative
     * @return what it shows
     */
    public Instant advance(Duration by) {
        return instant(api.post(PATH + "/advance", Map.of("by", by.toMillis() / 1000.0)));
    }

    /**
     * Lets it run on from an instant.
     *
     * @param at what it shows now
     * @return what it shows
     */
    public Instant set(Instant at) {
        return instant(api.post(PATH + "/set", Map.of("at", at)));
    }

    /**
     * Lets it run on from where it stands.
     *
     * @return what it shows
     */
    public Instant resume() {
        return instant(api.post(PATH + "/resume", Map.of()));
    }

    /**
     * Back to real time.
     *
     * @return what it shows
     */
    public Instant real() {
        return instant(api.post(PATH + "/real", Map.of()));
    }

    private static Instant instant(JsonNode view) {
        return Api.read(view.path("now"), Instant.class);
    }
}
