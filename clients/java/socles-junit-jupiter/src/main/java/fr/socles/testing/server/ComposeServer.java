package fr.socles.testing.server;

import fr.socles.testing.Address;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Each service in its own container, on Kafka and PostgreSQL, from the product's {@code docker-compose.yml}. */
public final class ComposeServer implements Server {
    private static final String EDGE = "edge";
    private static final int HTTP = 8080;
    private static final int SMTP = 2587;
    private static final Duration START = Duration.ofMinutes(5);

    private final ComposeContainer stack;

    /**
     * Starts it and returns when it serves.
     *
     * @param file the product's {@code docker-compose.yml}
     */
    public ComposeServer(Path file) {
        stack = stack(file);
        stack.start();
    }

    /** As it will be started. */
    static ComposeContainer stack(Path file) {
        return new ComposeContainer(file.toFile())
                .withExposedService(EDGE, HTTP,
                        Wait.forHttp("/_sandbox/ready").forStatusCode(200).withStartupTimeout(START))
                .withExposedService(EDGE, SMTP);
    }

    @Override
    public URI url() {
        return URI.create("http://" + stack.getServiceHost(EDGE, HTTP) + ":" + stack.getServicePort(EDGE, HTTP));
    }

    @Override
    public Address smtp() {
        return new Address(stack.getServiceHost(EDGE, SMTP), stack.getServicePort(EDGE, SMTP));
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public void close() {
        stack.stop();
    }
}
