package fr.socles.testing.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.socles.testing.Address;
import fr.socles.testing.FakeApi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;

class ServersTest {
    private static Settings settings(Map<String, String> properties, Map<String, String> environment) {
        return Settings.of(properties::get, environment::get);
    }

    @Test
    void propertiesGoBeforeTheEnvironment() {
        Settings both = settings(Map.of("socles.url", "http://a", "socles.smtp", " "),
                Map.of("SOCLES_TESTING_URL", "http://b", "SOCLES_TESTING_SMTP", "b:25", "SOCLES_TESTING_FAIL_ON", "error"));
        assertEquals(Optional.of("http://a"), both.get("socles.url"));
        assertEquals(Optional.of("b:25"), both.get("socles.smtp"));
        assertEquals(Optional.of("error"), both.get("socles.fail-on"));
        assertEquals(Optional.empty(), both.get("socles.image"));
    }

    @Test
    void anAddressGoesBeforeEverythingAndIsLeftAlone() {
        try (Server server = Servers.find(settings(Map.of("socles.url", "http://hote:8080", "socles.command", "/nowhere"), Map.of()))) {
            assertEquals(URI.create("http://hote:8080"), server.url());
            assertEquals(new Address("hote", 2587), server.smtp());
            assertFalse(server.ours());
        }
        assertEquals(new Address("::1", 25),
                Servers.find(settings(Map.of("socles.url", "http://[::1]:1", "socles.smtp", "[::1]:25"), Map.of())).smtp());
        Server secure = Servers.find(settings(Map.of("socles.url", "http://h", "socles.mutual", "https://h:9443"), Map.of()));
        assertEquals(Optional.empty(), secure.tls());
        assertEquals(Optional.of(URI.create("https://h:9443")), secure.mutual());
        assertThrows(IllegalArgumentException.class, () -> Address.of("hote"));
    }

    @Test
    void aCommandMayHaveSpacesInQuotes() {
        assertEquals(List.of("C:\\Program Files\\socles.exe", "-v"), CommandLine.split("\"C:\\Program Files\\socles.exe\" -v"));
    }

    @Test
    void aProcessIsStartedAndGoesWithItsData(@TempDir Path folder) throws Exception {
        ProcessHandle child;
        try (Server server = new ProcessServer(java("serve"), folder)) {
            assertEquals("http://127.0.0.1:1234", server.url().toString());
            assertEquals(new Address("127.0.0.1", 2525), server.smtp());
            assertEquals(Optional.empty(), server.tls());
            assertEquals(Optional.of(URI.create("https://127.0.0.1:9443")), server.mutual());
            assertTrue(server.ours());
            try (Stream<Path> all = Files.walk(folder)) {
                assertTrue(all.anyMatch(one -> one.endsWith(Path.of("data", "blobs", "one"))));
            }
            child = ProcessHandle.of(Long.parseLong(Files.readString(note(folder)))).orElseThrow();
            assertTrue(child.isAlive());
        }
        assertFalse(child.isAlive());
        assertEmpty(folder);
    }

    @Test
    void aProcessThatEndsSaysWhatItWrote(@TempDir Path folder) throws IOException {
        IllegalStateException error =
                assertThrows(IllegalStateException.class, () -> new ProcessServer(java("fail"), folder));
        assertTrue(error.getMessage().contains("socles: cannot listen"), error.getMessage());
        assertEmpty(folder);
    }

    @Test
    void aCommandThatIsNoneIsSaid(@TempDir Path folder) throws IOException {
        List<String> command = List.of(folder.resolve("nothing").toString());
        IllegalStateException error = assertThrows(IllegalStateException.class, () -> new ProcessServer(command, folder));
        assertTrue(error.getMessage().contains(command.get(0)), error.getMessage());
        assertEmpty(folder);
    }

    @Test
    void aServerIsReadyWhenItSaysSo() throws IOException {
        try (FakeApi fake = new FakeApi()) {
            fake.on("GET /_sandbox/ready", 503, "{'missing': ['bus']}").on("GET /_sandbox/ready", 200, "{}");
            Readiness.await(fake.url().resolve("/_sandbox/ready"), Duration.ofSeconds(5));
            fake.now("GET /_sandbox/ready", 503, "{'missing': ['bus']}");
            IllegalStateException error = assertThrows(IllegalStateException.class,
                    () -> Readiness.await(fake.url().resolve("/_sandbox/ready"), Duration.ofMillis(50)));
            assertTrue(error.getMessage().endsWith("HTTP 503 {\"missing\": [\"bus\"]}"), error.getMessage());
        }
    }

    @Test
    void aContainerOpensBothPorts() {
        try (GenericContainer<?> container = ContainerServer.container("socles:local")) {
            assertEquals(List.of(8080, 2587, 8443, 9443), container.getExposedPorts());
        }
    }

    /** A child of this machine's Java that behaves like the {@code socles} command. */
    private static List<String> java(String how) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), FakeSocles.class.getName(), how);
    }

    private static Path note(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(one -> one.endsWith("pid")).findFirst().orElseThrow();
        }
    }

    private static void assertEmpty(Path folder) throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }
}
