package fr.socles.testing.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.socles.testing.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** {@code socles up} as a child process on free ports, its data in a temporary folder that goes with it. */
public final class ProcessServer implements Server {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final int TAIL = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path data;
    private final Thread hook = new Thread(this::stop, "socles-stop");
    private final Deque<String> tail = new ArrayDeque<>();
    /** The line by which {@code socles up --json} says where it listens. */
    private final CompletableFuture<JsonNode> told = new CompletableFuture<>();

    /**
     * Starts it and returns when it serves.
     *
     * @param command the {@code socles} command, or words that lead to it
     * @throws IllegalStateException when it does not start; the message has the end of what it wrote
     */
    public ProcessServer(List<String> command) {
        this(command, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Its folder lies in {@code parent}. */
    ProcessServer(List<String> command, Path parent) {
        try {
            data = Files.createTempDirectory(parent, "socles-java-");
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        try {
            process = new ProcessBuilder(arguments(command)).directory(data.toFile()).start();
        } catch (IOException error) {
            delete(data);
            throw new IllegalStateException("Socles n'a pas pu être lancé / could not be started : " + command, error);
        }
        Runtime.getRuntime().addShutdownHook(hook); // a test run that is interrupted leaves no process behind
        reader("socles-output", this::readAddresses);
        Thread errors = reader("socles-errors", this::readErrors);
        try {
            told.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException error) {
            close();
            await(errors);
            throw new IllegalStateException("Socles n'a pas démarré / did not start : " + command + "\n" + written(), error);
        } catch (InterruptedException error) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Socles started", error);
        }
    }

    private List<String> arguments(List<String> command) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("up", "--json", "--port", "0", "--smtp-port", "0", "--tls-port", "0", "--mutual-port", "0",
                "--data-dir", data.resolve("data").toString()));
        return all;
    }

    @Override
    public URI url() {
        return URI.create(told.join().path("url").asText());
    }

    @Override
    public Address smtp() {
        return Address.of(told.join().path("smtp").asText());
    }

    @Override
    public Optional<URI> tls() {
        return address("tls");
    }

    @Override
    public Optional<URI> mutual() {
        return address("mutual");
    }

    private Optional<URI> address(String name) {
        return Optional.ofNullable(told.join().path(name).textValue()).map(URI::create);
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException already) {
            return; // the machine goes down: the hook does it
        }
        stop();
    }

    private void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException error) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(data);
    }

    private static Thread reader(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void readAddresses() {
        read(process.inputReader(StandardCharsets.UTF_8), line -> {
            try {
                told.complete(JSON.readTree(line));
            } catch (JsonProcessingException error) {
                keep(line);
            }
        });
        told.completeExceptionally(new IllegalStateException("the process ended"));
    }

    private void readErrors() {
        read(process.errorReader(StandardCharsets.UTF_8), this::keep);
    }

    /** To the end of the process, so that it never waits for a reader. */
    private void read(BufferedReader stream, Consumer<String> take) {
        try (BufferedReader lines = stream) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take.accept(line);
            }
        } catch (IOException error) {
            keep(error.toString());
        }
    }

    /** What it wrote last is what matters. */
    private static void await(Thread reader) {
        try {
            reader.join(STOP.toMillis());
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(String line) {
        synchronized (tail) {
            tail.addLast(line);
            if (tail.size() > TAIL) {
                tail.removeFirst();
            }
        }
    }

    private String written() {
        synchronized (tail) {
            return String.join("\n", tail);
        }
    }

    private static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException error) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
