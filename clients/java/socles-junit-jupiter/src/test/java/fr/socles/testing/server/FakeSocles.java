package fr.socles.testing.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Says what {@code socles up} says, then waits to be ended. */
final class FakeSocles {
    private FakeSocles() {}

    public static void main(String[] arguments) throws Exception {
        List<String> all = List.of(arguments);
        if (all.get(0).equals("fail")) {
            System.err.println("socles: cannot listen on 127.0.0.1:8080");
            System.exit(1);
        }
        List<String> wanted = List.of("up", "--json", "--port", "0", "--smtp-port", "0", "--tls-port", "0", "--mutual-port",
                "0", "--data-dir");
        if (!all.subList(1, all.size() - 1).equals(wanted)) {
            System.exit(2);
        }
        Path data = Path.of(all.get(all.size() - 1));
        Files.createDirectories(data.resolve("blobs"));
        Files.writeString(data.resolve("blobs").resolve("one"), "x");
        Files.writeString(data.resolve("pid"), Long.toString(ProcessHandle.current().pid()));
        System.err.println("{\"event\": \"see http://127.0.0.1:1\", \"level\": \"info\"}");
        System.err.println("Prêt en 1.9 s : http://127.0.0.1:1 (Ctrl+C pour arrêter)");
        System.out.println("un mot de la JVM"); // such as a warning of what wraps the command
        System.out.println("{\"url\": \"http://127.0.0.1:1234\", \"smtp\": \"127.0.0.1:2525\", \"tls\": null,"
                + " \"mutual\": \"https://127.0.0.1:9443\"}");
        Thread.sleep(60_000);
    }
}
