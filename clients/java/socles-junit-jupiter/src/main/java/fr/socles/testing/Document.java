package fr.socles.testing;

import java.time.Instant;
import java.util.Map;

/**
 * A document in the DMP.
 *
 * @param uniqueId its identifier
 * @param entryUuid of this version
 * @param chain logical id of all its versions, as events carry it
 * @param revision 1, then one more for each replacement
 * @param status {@code urn:…:Approved} or {@code …:Deprecated}
 * @param title as the metadata say
 * @param typeCode LOINC, or null
 * @param classCode or null
 * @param size in octets
 * @param sha1 of its bytes
 * @param submissionSet uniqueId of its lot
 * @param exchangeId the exchange that brought it
 * @param registeredAt by the workspace's clock
 * @param replaces entryUUID of the version replaced, or null
 * @param metadata as sent, in snake_case
 */
public record Document(
        String uniqueId,
        String entryUuid,
        String chain,
        int revision,
        String status,
        String title,
        String typeCode,
        String classCode,
        long size,
        String sha1,
        String submissionSet,
        String exchangeId,
        Instant registeredAt,
        String replaces,
        Map<String, Object> metadata) {

    Document with(Map<String, Object> known) {
        return new Document(uniqueId, entryUuid, chain, revision, status, title, typeCode, classCode, size, sha1, submissionSet,
                exchangeId, registeredAt, replaces, known);
    }
}
