package fr.socles.testing.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks an address until it answers 200. */
final class Readiness {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 200;

    private Readiness() {}

    /** Throws {@link IllegalStateException} with the last answer when the time is up. */
    static void await(URI url, Duration limit) {
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ANSWER).build();
        HttpRequest request = HttpRequest.newBuilder(url).timeout(ANSWER).build();
        long deadline = System.nanoTime() + limit.toNanos();
        String last;
        try {
            do {
                last = ask(http, request);
                if (last.isEmpty()) {
                    return;
                }
                Thread.sleep(PAUSE_MILLIS);
            } while (System.nanoTime() < deadline);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + url, error);
        }
        throw new IllegalStateException("Socles n'est pas prêt / is not ready: " + url + " : " + last);
    }

    /** Empty when it is ready, else what is missing. */
    private static String ask(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 200 ? "" : "HTTP " + answer.statusCode() + " " + answer.body();
        } catch (IOException error) {
            return error.toString();
        }
    }
}
