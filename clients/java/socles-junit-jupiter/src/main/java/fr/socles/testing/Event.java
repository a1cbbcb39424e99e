package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * An event as it went, or will go, to the bus.
 *
 * @param id of the event
 * @param source such as {@code /socles/dmp_sim/default}
 * @param type such as {@code fr.socles.dmp.document.registered.v1}
 * @param topic such as {@code socles.dmp.v1}
 * @param subject what it tells of
 * @param time of the act, by the workspace's clock
 * @param sequence for each source and partition; null until it is given
 * @param partition of the topic
 * @param data as docs/asyncapi.yaml describes it
 * @param position orders the list; never published
 */
public record Event(
        String id,
        String source,
        String type,
        String topic,
        String subject,
        Instant time,
        Long sequence,
        int partition,
        JsonNode data,
        long position) {}
