package fr.socles.testing.server;

import fr.socles.testing.Address;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.containers.ComposeContainer;

/**
 * Each service in its own container, on Kafka and PostgreSQL, from the product's {@code docker-compose.yml}. It publishes
 * free ports itself, so that no container is needed to reach them.
 */
public final class ComposeServer implements Server {
    private static final String HOST = "127.0.0.1";
    /** {@code /_sandbox/ready} would speak for one of them only. */
    private static final List<String> SERVICES = List.of("ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics");

    private static final Duration START = Duration.ofMinutes(5);

    private final ComposeContainer stack;
    private final URI url;
    private final Address smtp;
    private final URI tls = URI.create("https://" + HOST + ":" + freePort());
    private final URI mutual = URI.create("https://" + HOST + ":" + freePort());

    /**
     * Starts it and returns when it serves.
     *
     * @param file the product's {@code docker-compose.yml}
     */
    public ComposeServer(Path file) {
        int http = freePort();
        smtp = new Address(HOST, freePort());
        url = URI.create("http://" + HOST + ":" + http);
        stack = stack(file.toFile(), Map.of("SOCLES_HTTP_PORT", Integer.toString(http),
                "SOCLES_SMTP_PORT", Integer.toString(smtp.port()), "SOCLES_SMTPS_PORT", Integer.toString(freePort()),
                "SOCLES_KAFKA_PORT", Integer.toString(freePort()),
                "SOCLES_TLS_PORT", Integer.toString(tls.getPort()),
                "SOCLES_TLS_MUTUAL_PORT", Integer.toString(mutual.getPort())));
        stack.start();
        try {
            for (String service : SERVICES) {
                Readiness.await(url.resolve("/_sandbox/" + service + "/events?limit=1"), START);
            }
        } catch (IllegalStateException error) {
            stack.stop();
            throw error;
        }
    }

    /** Images are taken as they are here, or built: they are in no registry. */
    private static ComposeContainer stack(File file, Map<String, String> environment) {
        return new ComposeContainer(file).withPull(false).withEnv(environment);
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public Address smtp() {
        return smtp;
    }

    @Override
    public Optional<URI> tls() {
        return Optional.of(tls);
    }

    @Override
    public Optional<URI> mutual() {
        return Optional.of(mutual);
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public void close() {
        stack.stop();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
