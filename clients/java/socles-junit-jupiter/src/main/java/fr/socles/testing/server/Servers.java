package fr.socles.testing.server;

import fr.socles.testing.Address;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where Socles is, or how to start it. */
public final class Servers {
    private static final int SMTP_PORT = 2587;

    private Servers() {}

    /**
     * The first of these that is set: {@code socles.url} (with {@code socles.smtp}, {@code socles.tls} and {@code
     * socles.mutual}), {@code socles.command}, {@code socles.image}, {@code socles.compose}; else the command {@code socles} of the {@code PATH}.
     *
     * @param settings see {@link Settings}
     * @return a server that answers
     * @throws IllegalStateException when there is none, or it does not start; the message says what to set
     */
    public static Server find(Settings settings) {
        Optional<String> url = settings.get("socles.url");
        if (url.isPresent()) {
            URI base = URI.create(url.get());
            Address smtp = settings.get("socles.smtp").map(Address::of).orElseGet(() -> mailAt(base));
            return new AddressServer(base, smtp, settings.get("socles.tls").map(URI::create),
                    settings.get("socles.mutual").map(URI::create));
        }
        Optional<String> command = settings.get("socles.command");
        if (command.isPresent()) {
            return new ProcessServer(CommandLine.split(command.get()));
        }
        Optional<String> image = settings.get("socles.image");
        if (image.isPresent()) {
            return new ContainerServer(image.get());
        }
        Optional<String> compose = settings.get("socles.compose");
        if (compose.isPresent()) {
            return new ComposeServer(Path.of(compose.get()));
        }
        return onPath().<Server>map(found -> new ProcessServer(List.of(found.toString())))
                .orElseThrow(() -> new IllegalStateException(
                        "Où est Socles ? Donnez socles.url, socles.command, socles.image ou socles.compose, ou installez la"
                                + " commande socles. / Where is Socles? Set socles.url, socles.command, socles.image or"
                                + " socles.compose, or install the command socles."));
    }

    /**
     * Somebody else's server.
     *
     * @param url of its HTTP services
     * @param smtp its submission server; null: port 2587 of the same host
     * @return the server, which closing leaves alone
     */
    public static Server at(URI url, Address smtp) {
        return new AddressServer(url, smtp != null ? smtp : mailAt(url), Optional.empty(), Optional.empty());
    }

    private static Address mailAt(URI url) {
        return new Address(url.getHost(), SMTP_PORT);
    }

    private static Optional<Path> onPath() {
        String folders = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(folders.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .flatMap(folder -> List.of("socles", "socles.exe").stream().map(Path.of(folder)::resolve))
                .filter(file -> file.toFile().canExecute() && file.toFile().isFile())
                .findFirst();
    }

    private record AddressServer(URI url, Address smtp, Optional<URI> tls, Optional<URI> mutual) implements Server {
        @Override
        public boolean ours() {
            return false;
        }

        @Override
        public void close() {
            // somebody else's
        }
    }
}
