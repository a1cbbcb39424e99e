import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Posts a file as a current Java SOAP stack does: the JDK's HTTP client, which offers an upgrade to HTTP/2 with every
 * POST over plain HTTP, and a body of unknown length, hence chunked. Posts it several times over one client, so that a
 * kept-alive connection is used too.
 *
 * <p>Arguments: URL, content type, file, times. Prints protocol, status and exchange of each answer, then the last body.
 */
public final class UpgradeOffer {
    public static void main(String[] args) throws Exception {
        byte[] body = Files.readAllBytes(Path.of(args[2]));
        int times = Integer.parseInt(args[3]);
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        String last = "";
        for (int i = 0; i < times; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(args[0]))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", args[1])
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                    .build();
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            String exchange = response.headers().firstValue("X-Socles-Exchange").orElse("-");
            System.out.println(response.version() + " " + response.statusCode() + " " + exchange);
            last = new String(response.body(), StandardCharsets.UTF_8);
        }
        System.out.print(last);
    }
}
