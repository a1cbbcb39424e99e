package fr.socles.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Asking again until there is an answer or the time is up. */
final class Wait {
    private static final long FIRST_MILLIS = 10;
    private static final long LONGEST_MILLIS = 200;

    private Wait() {}

    /** What {@code look} found within {@code limit}; it is asked once more at the very end. */
    static <T> Optional<T> until(Duration limit, Supplier<Optional<T>> look) {
        long deadline = System.nanoTime() + limit.toNanos();
        long pause = FIRST_MILLIS;
        while (true) {
            Optional<T> found = look.get();
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (found.isPresent() || left <= 0) {
                return found;
            }
            sleep(Math.min(pause, left));
            pause = Math.min(pause * 2, LONGEST_MILLIS);
        }
    }

    /** For messages: {@code 1,5 s} as {@code 1.5 s}. */
    static String text(Duration limit) {
        return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() / 1000.0 + " s";
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(Math.max(1, millis));
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", error);
        }
    }
}
