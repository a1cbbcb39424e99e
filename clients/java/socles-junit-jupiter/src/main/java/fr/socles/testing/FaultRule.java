package fr.socles.testing;

/**
 * A rule as the workspace has it.
 *
 * @param id of the rule
 * @param catalogue the entry it came from, or null
 * @param service or null for any
 * @param operation or null for any
 * @param effect {@code refuse}, {@code latency}, {@code cut} …
 * @param point {@code received}, {@code before-commit} or {@code before-answer}
 * @param code the wire code of a refusal, or null
 * @param times how often at most, or null
 * @param seen matching calls so far
 * @param fired how often it happened
 */
public record FaultRule(
        String id,
        String catalogue,
        String service,
        String operation,
        String effect,
        String point,
        String code,
        Integer times,
        long seen,
        long fired) {}
