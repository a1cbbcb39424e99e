package fr.socles.testing;

import java.util.Locale;

/** How much a finding matters to the real service. */
public enum Severity {
    /** Good to know. */
    INFO,
    /** The real service would take it, or might; somebody will stumble over it. */
    WARNING,
    /** The real service would refuse it. */
    ERROR,
    /** For {@code failOn} only: no finding makes a test fail. */
    NEVER;

    /**
     * Reads {@code info}, {@code warning}, {@code error} or {@code never}.
     *
     * @param text in any case
     * @return the severity
     * @throws IllegalArgumentException for another word
     */
    public static Severity of(String text) {
        return valueOf(text.trim().toUpperCase(Locale.ROOT));
    }

    /**
     * As the API writes it.
     *
     * @return in lower case
     */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
