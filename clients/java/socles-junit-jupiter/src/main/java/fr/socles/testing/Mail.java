package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * A message that was accepted. Lists give summaries, without headers, parts, archives and findings.
 *
 * @param ref named in the 250 reply
 * @param kind {@code mail}, or {@code report} for what the server itself sent
 * @param exchangeId its journal entry
 * @param mailFrom the envelope's sender
 * @param recipients of the envelope, and what became of each
 * @param subject decoded
 * @param messageId with its angle brackets, or null
 * @param nil X-MSS-NIL, or null
 * @param size in octets
 * @param sha256 of its bytes
 * @param acceptedAt by the workspace's clock
 * @param headers name and value, in order
 * @param parts that hold content
 * @param archives IHE_XDM archives: files and documents
 * @param findings its check report
 */
public record Mail(
        String ref,
        String kind,
        String exchangeId,
        String mailFrom,
        List<Recipient> recipients,
        String subject,
        String messageId,
        String nil,
        long size,
        String sha256,
        Instant acceptedAt,
        List<List<String>> headers,
        List<Part> parts,
        List<JsonNode> archives,
        List<Finding> findings) {

    /**
     * One recipient of the envelope.
     *
     * @param address the box
     * @param citizen whether it is a citizen's
     * @param state {@code delivered} or {@code failed}
     * @param rule that made it fail, or null
     */
    public record Recipient(String address, boolean citizen, String state, String rule) {}

    /**
     * A part that holds content.
     *
     * @param number such as {@code 2} or {@code 1.1}
     * @param contentType without parameters
     * @param disposition {@code attachment} …, or null
     * @param filename or null
     * @param encoding transfer encoding
     * @param charset or null
     * @param encodedSize in octets, as sent
     */
    public record Part(
            String number, String contentType, String disposition, String filename, String encoding, String charset,
            long encodedSize) {}
}
