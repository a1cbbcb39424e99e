package fr.socles.testing;

import java.util.Locale;

/** Where on the way of an act a fault happens. */
public enum FaultPoint {
    /** Before anything was done. */
    RECEIVED,
    /** After all checks, before the act is stored. */
    BEFORE_COMMIT,
    /** The act was done; the answer has not left. */
    BEFORE_ANSWER;

    String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
