package fr.socles.testing;

/**
 * One breach of one rule in one message.
 *
 * @param rule id of the rule, such as {@code dmp.cda.custodian}
 * @param severity {@code info}, {@code warning} or {@code error}
 * @param certainty {@code faithful}, {@code simplified} or {@code ours}
 * @param official {@code refuses}, {@code tolerates} or {@code unknown}: what the national service does
 * @param titleFr what the rule asks, in French
 * @param titleEn the same in English
 * @param where XPath, header or field; may be empty
 * @param line line of the part, or null
 * @param part MIME part, or null
 * @param expected what was expected; may be empty
 * @param found what was found; may be empty
 * @param remedy how to mend it
 * @param source the document that says so
 * @param sourceVersion version of that document
 */
public record Finding(
        String rule,
        String severity,
        String certainty,
        String official,
        String titleFr,
        String titleEn,
        String where,
        Integer line,
        String part,
        String expected,
        String found,
        String remedy,
        String source,
        String sourceVersion) {

    /**
     * Whether it is at least as severe as a threshold.
     *
     * @param threshold the least severity
     * @return true when it is as severe or more
     */
    public boolean reaches(Severity threshold) {
        return Severity.of(severity).compareTo(threshold) >= 0;
    }
}
