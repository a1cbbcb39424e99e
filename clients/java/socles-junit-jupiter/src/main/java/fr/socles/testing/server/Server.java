package fr.socles.testing.server;

import fr.socles.testing.Address;
import java.net.URI;
import java.util.Optional;

/** A running Socles: somebody else's, or one started for the tests. */
public interface Server extends AutoCloseable {
    /**
     * The HTTP services.
     *
     * @return the address of the installation, without a workspace
     */
    URI url();

    /**
     * The mail submission server.
     *
     * @return its host and port
     */
    Address smtp();

    /**
     * The HTTP services over TLS.
     *
     * @return the address of the installation; empty: not served, or not known
     */
    default Optional<URI> tls() {
        return Optional.empty();
    }

    /**
     * The HTTP services over TLS that asks for the client's certificate.
     *
     * @return the address of the installation; empty: not served, or not known
     */
    default Optional<URI> mutual() {
        return Optional.empty();
    }

    /**
     * Whether it is there for the tests alone, and ends with them.
     *
     * @return false for somebody else's
     */
    boolean ours();

    /** Stops what was started; does nothing to somebody else's. */
    @Override
    void close();
}
