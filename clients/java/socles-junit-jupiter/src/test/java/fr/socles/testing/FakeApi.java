package fr.socles.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import fr.socles.testing.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A control API that answers what a test told it to, and remembers what it was asked. Usable as a {@link Server}. */
public final class FakeApi implements Server {
    /** The workspace that it makes. */
    public static final String WORKSPACE = "t-0123456789ab";

    private final HttpServer http;
    private final Map<String, List<Answer>> answers = new HashMap<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    private record Answer(int status, String body) {}

    public FakeApi() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::handle);
        http.start();
        on("POST /_sandbox/workspaces", 201, "{'name': '" + WORKSPACE + "', 'epoch': 1}");
        on("DELETE /_sandbox/workspaces/" + WORKSPACE, 204, "");
        on("GET /w/" + WORKSPACE + "/_sandbox/exchanges", 200, "{'items': [], 'next': null}");
    }

    /** Single quotes stand for double ones. Several answers to the same are given in turn, the last one for ever. */
    public FakeApi on(String request, int status, String json) {
        Answer answer = new Answer(status, json.replace('\'', '"'));
        answers.merge(request, List.of(answer), (before, more) -> {
            List<Answer> all = new ArrayList<>(before);
            all.addAll(more);
            return all;
        });
        return this;
    }

    /** The answer instead of the ones before. */
    public FakeApi now(String request, int status, String json) {
        answers.remove(request);
        return on(request, status, json);
    }

    /** {@link #on} below the workspace. */
    FakeApi within(String method, String path, String json) {
        return on(method + " /w/" + WORKSPACE + path, 200, json);
    }

    /** Method, path with query, body of each request so far. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    Socles open() {
        return Socles.open(this, new WorkspaceOptions("official", java.time.Duration.ofHours(1), null, java.time.Duration.ofMillis(60)));
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getRawPath();
        String query = exchange.getRequestURI().getRawQuery();
        String request = exchange.getRequestMethod() + " " + path;
        asked.add(request + (query == null ? "" : "?" + query) + (body.isEmpty() ? "" : " " + body));
        Answer answer;
        synchronized (answers) {
            List<Answer> left = answers.getOrDefault(request, List.of(new Answer(404,
                    "{\"error\": {\"code\": \"not-found\", \"messageFr\": \"Inconnu.\", \"message\": \"Unknown.\"}}")));
            answer = left.get(0);
            if (left.size() > 1) {
                answers.put(request, left.subList(1, left.size()));
            }
        }
        byte[] content = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), content.length == 0 ? -1 : content.length);
        if (content.length > 0) {
            exchange.getResponseBody().write(content);
        }
        exchange.close();
    }

    @Override
    public URI url() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/");
    }

    @Override
    public Address smtp() {
        return new Address("127.0.0.1", 2587);
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
