package fr.socles.testing;

import java.util.List;

/**
 * A documented refusal or failure, which {@link Socles#inject(String)} takes by its id.
 *
 * @param id such as {@code dmp.repository-busy}
 * @param service it belongs to; null for any
 * @param operations where it may happen; empty for any
 * @param effect {@code refuse}, {@code cut}, {@code latency} …
 * @param code the wire code of a refusal, or null
 * @param titleFr what it is, in French
 * @param titleEn the same in English
 * @param wire the exact answer
 * @param clientFr what a good client does, in French
 * @param clientEn the same in English
 * @param source where it is documented
 * @param certainty {@code faithful}, {@code simplified} or {@code ours}
 * @param magic a value that provokes it without any rule, or null
 */
public record CatalogueEntry(
        String id,
        String service,
        List<String> operations,
        String effect,
        String code,
        String titleFr,
        String titleEn,
        String wire,
        String clientFr,
        String clientEn,
        String source,
        String certainty,
        String magic) {}
