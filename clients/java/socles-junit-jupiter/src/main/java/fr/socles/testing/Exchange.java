package fr.socles.testing;

import java.net.URI;
import java.time.Instant;
import java.util.List;

/**
 * One exchange as the journal has it. Lists give summaries: their {@code findings} are empty, their {@code rules} are not.
 *
 * @param id of the exchange
 * @param service {@code dmp_sim}, {@code ins_sim}, {@code mss_sim} or {@code metrics}
 * @param operation {@code ITI-41}, {@code DATA} …
 * @param receivedAt by the real clock
 * @param outcome {@code accepted}, {@code refused}, {@code fault}, {@code error} or {@code overload}
 * @param status HTTP status or SMTP reply code
 * @param code the code the answer carried, or null
 * @param subject id of the document or message, or null; never a patient
 * @param finess the establishment, or null
 * @param durationMs milliseconds from the first byte to the last
 * @param fault id of the fault rule that fired, or null
 * @param rules ids of the rules broken
 * @param events ids of the events emitted
 * @param findings the breaches, when asked for this exchange alone
 * @param link where a browser or curl shows it
 */
public record Exchange(
        String id,
        String service,
        String operation,
        Instant receivedAt,
        String outcome,
        int status,
        String code,
        String subject,
        String finess,
        double durationMs,
        String fault,
        List<String> rules,
        List<String> events,
        List<Finding> findings,
        URI link) {

    /**
     * Whether the act was done.
     *
     * @return true for the outcome {@code accepted}
     */
    public boolean accepted() {
        return "accepted".equals(outcome);
    }
}
