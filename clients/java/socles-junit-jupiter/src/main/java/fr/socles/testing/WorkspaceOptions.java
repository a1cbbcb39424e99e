package fr.socles.testing;

import java.time.Duration;

/**
 * What a workspace is made from.
 *
 * @param strictness {@code official} or {@code lenient}
 * @param ttl it is deleted by itself so long after its last use
 * @param seedFrom a snapshot on the installation, its name or {@code workspace/name}; null: empty
 * @param timeout how long its waits last when a test says nothing else
 */
public record WorkspaceOptions(String strictness, Duration ttl, String seedFrom, Duration timeout) {
    /** Official, empty, kept for an hour; waits of ten seconds. */
    public static final WorkspaceOptions DEFAULT =
            new WorkspaceOptions("official", Duration.ofHours(1), null, Duration.ofSeconds(10));

    /**
     * The same, but not empty.
     *
     * @param snapshot its name or {@code workspace/name}
     * @return the other options
     */
    public WorkspaceOptions seededFrom(String snapshot) {
        return new WorkspaceOptions(strictness, ttl, snapshot, timeout);
    }
}
