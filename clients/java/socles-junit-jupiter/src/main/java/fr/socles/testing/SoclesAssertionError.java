package fr.socles.testing;

import java.util.List;

/** What was expected did not come, or what came has findings; the message shows the exchanges with links. */
public final class SoclesAssertionError extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final transient List<Exchange> exchanges;

    SoclesAssertionError(String message, List<Exchange> exchanges) {
        super(message);
        this.exchanges = List.copyOf(exchanges);
    }

    /**
     * The exchanges that the message shows.
     *
     * @return newest first
     */
    public List<Exchange> exchanges() {
        return exchanges == null ? List.of() : exchanges;
    }
}
