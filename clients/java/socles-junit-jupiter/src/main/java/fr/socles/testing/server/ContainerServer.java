package fr.socles.testing.server;

import fr.socles.testing.Address;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The whole sandbox in one container, by Testcontainers, which the project under test must depend on. */
public final class ContainerServer implements Server {
    private static final int HTTP = 8080;
    private static final int TLS = 8443;
    private static final int MUTUAL = 9443;
    private static final int SMTP = 2587;
    private static final Duration START = Duration.ofSeconds(120);

    private final GenericContainer<?> container;

    /**
     * Starts it and returns when it serves.
     *
     * @param image such as {@code socles:local}
     */
    public ContainerServer(String image) {
        container = container(image);
        container.withEnv("SOCLES_TLS_HOSTS", "[\"" + container.getHost() + "\"]"); // its certificate is for where it is found
        container.start();
    }

    /** As it will be started. */
    static GenericContainer<?> container(String image) {
        return new GenericContainer<>(DockerImageName.parse(image))
                .withExposedPorts(HTTP, SMTP, TLS, MUTUAL)
                .withEnv("SOCLES_TLS_PORT", Integer.toString(TLS))
                .withEnv("SOCLES_TLS_MUTUAL_PORT", Integer.toString(MUTUAL))
                .waitingFor(Wait.forHttp("/_sandbox/ready").forPort(HTTP).forStatusCode(200).withStartupTimeout(START));
    }

    @Override
    public URI url() {
        return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(HTTP));
    }

    @Override
    public Address smtp() {
        return new Address(container.getHost(), container.getMappedPort(SMTP));
    }

    @Override
    public Optional<URI> tls() {
        return Optional.of(URI.create("https://" + container.getHost() + ":" + container.getMappedPort(TLS)));
    }

    @Override
    public Optional<URI> mutual() {
        return Optional.of(URI.create("https://" + container.getHost() + ":" + container.getMappedPort(MUTUAL)));
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public void close() {
        container.stop();
    }
}
