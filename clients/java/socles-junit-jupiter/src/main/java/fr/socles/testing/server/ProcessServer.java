package fr.socles.testing.server;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code socles up} as a child process on free ports, its data in a temporary folder that goes with it. */
public final class ProcessServer implements Server {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final int TAIL = 40;
    /** The lines by which {@code socles up} says where it listens. */
    private static final Pattern HTTP = Pattern.compile("^[^{]*\\b(https?://\\S+)");
    private static final Pattern SMTP = Pattern.compile("^SMTP[^{]*?: (\\S+:\\d+)");

    private final Process process;
    private final Path data;
    private final Thread hook = new Thread(this::stop, "socles-stop");
    private final Deque<String> tail = new ArrayDeque<>();
    private final CompletableFuture<URI> url = new CompletableFuture<>();
    private final CompletableFuture<Address> smtp = new CompletableFuture<>();

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
            process = new ProcessBuilder(arguments(command)).redirectErrorStream(true).directory(data.toFile()).start();
        } catch (IOException error) {
            delete(data);
            throw new IllegalStateException("Socles n'a pas pu être lancé / could not be started : " + command, error);
        }
        Runtime.getRuntime().addShutdownHook(hook); // a test run that is interrupted leaves no process behind
        Thread reader = new Thread(this::read, "socles-output");
        reader.setDaemon(true);
        reader.start();
        try {
            CompletableFuture.allOf(url, smtp).get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException error) {
            close();
            throw new IllegalStateException("Socles n'a pas démarré / did not start : " + command + "\n" + written(), error);
        } catch (InterruptedException error) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Socles started", error);
        }
    }

    private List<String> arguments(List<String> command) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("up", "--port", "0", "--smtp-port", "0", "--data-dir", data.resolve("data").toString()));
        return all;
    }

    @Override
    public URI url() {
        return url.join();
    }

    @Override
    public Address smtp() {
        return smtp.join();
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

    /** To the end of the process, so that it never waits for a reader. */
    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
                Matcher http = HTTP.matcher(line);
                Matcher mail = SMTP.matcher(line);
                if (http.find() && !url.isDone()) {
                    url.complete(URI.create(http.group(1)));
                } else if (mail.find()) {
                    smtp.complete(Address.of(mail.group(1)));
                }
            }
        } catch (IOException error) {
            keep(error.toString());
        }
        IllegalStateException ended = new IllegalStateException("the process ended");
        url.completeExceptionally(ended);
        smtp.completeExceptionally(ended);
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
