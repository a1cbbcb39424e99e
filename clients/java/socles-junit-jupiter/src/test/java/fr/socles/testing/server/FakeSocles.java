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
            System.out.println("socles: cannot listen on 127.0.0.1:8080");
            System.exit(1);
        }
        if (!all.subList(1, 7).equals(List.of("up", "--port", "0", "--smtp-port", "0", "--data-dir"))) {
            System.exit(2);
        }
        Path data = Path.of(all.get(7));
        Files.createDirectories(data.resolve("blobs"));
        Files.writeString(data.resolve("blobs").resolve("one"), "x");
        Files.writeString(data.resolve("pid"), Long.toString(ProcessHandle.current().pid()));
        System.out.println("{\"event\": \"see http://127.0.0.1:1\", \"level\": \"info\"}");
        System.out.println("Prêt en 1.9 s : http://127.0.0.1:1234 (Ctrl+C pour arrêter)");
        System.out.println("SMTP (STARTTLS) : 127.0.0.1:2525 ; données : " + data);
        Thread.sleep(60_000);
    }
}
