package fr.socles.testing.junit;

/** Carries what went over the wire into the report of a test that failed for another reason. */
final class ExchangesSeen extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExchangesSeen(String text) {
        super(text, null, false, false); // the stack would say nothing
    }
}
