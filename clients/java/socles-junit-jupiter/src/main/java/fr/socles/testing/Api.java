package fr.socles.testing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The control API under one base address, in JSON. A refusal is a {@link SoclesApiException}. */
final class Api {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Longer than any wait of the server, which answers after 120 seconds at most. */
    private static final Duration ANSWER = Duration.ofSeconds(150);

    /** Summaries leave lists out. */
    private static final JsonSetter.Value ABSENT_IS_EMPTY = JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY);

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a newer server may tell more
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .withConfigOverride(List.class, one -> one.setSetterInfo(ABSENT_IS_EMPTY))
            .withConfigOverride(Map.class, one -> one.setSetterInfo(ABSENT_IS_EMPTY))
            .build();

    private final HttpClient http;
    private final String base;

    Api(URI base) {
        this(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build(), text(base));
    }

    private Api(HttpClient http, String base) {
        this.http = http;
        this.base = base;
    }

    /** The same server, below {@code prefix}: {@code /w/{workspace}}. */
    Api under(String prefix) {
        return new Api(http, base + prefix);
    }

    /** The address without a slash at its end. */
    String base() {
        return base;
    }

    <T> T get(Class<T> type, String path, Map<String, ?> query) {
        return read(json("GET", path + query(query), null), type);
    }

    <T> List<T> list(Class<T> type, String path, Map<String, ?> query) {
        return list(json("GET", path + query(query), null), type);
    }

    JsonNode get(String path, Map<String, ?> query) {
        return json("GET", path + query(query), null);
    }

    /** Empty when the server says 404. */
    Optional<JsonNode> find(String path, Map<String, ?> query) {
        try {
            return Optional.of(get(path, query));
        } catch (SoclesApiException error) {
            if (error.status() == 404) {
                return Optional.empty();
            }
            throw error;
        }
    }

    byte[] bytes(String path) {
        return send("GET", path, null, "*/*").body();
    }

    JsonNode post(String path, Object body) {
        return json("POST", path, body);
    }

    JsonNode patch(String path, Object body) {
        return json("PATCH", path, body);
    }

    /** What is made on order, as it is. */
    byte[] made(String path, Object body) {
        return send("POST", path, body, "*/*").body();
    }

    void delete(String path) {
        send("DELETE", path, null, "*/*");
    }

    static <T> T read(JsonNode node, Class<T> type) {
        try {
            return JSON.treeToValue(node, type);
        } catch (JsonProcessingException error) {
            throw new UncheckedIOException("unexpected " + type.getSimpleName() + ": " + node, error);
        }
    }

    static <T> List<T> list(JsonNode array, Class<T> type) {
        List<T> found = new ArrayList<>(array.size());
        array.forEach(one -> found.add(read(one, type)));
        return found;
    }

    /** One segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode json(String method, String path, Object body) {
        byte[] answer = send(method, path, body, "application/json").body();
        try {
            return JSON.readTree(answer);
        } catch (IOException error) {
            throw new UncheckedIOException(method + " " + base + path + ": no JSON in the answer", error);
        }
    }

    private HttpResponse<byte[]> send(String method, String path, Object body, String accept) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER).header("Accept", accept);
        try {
            if (body == null) {
                request.method(method, BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            }
            HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
            if (answer.statusCode() >= 300) {
                throw refusal(method, path, answer);
            }
            return answer;
        } catch (IOException error) {
            throw new UncheckedIOException("Socles ne répond pas / does not answer: " + method + " " + base + path, error);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + method + " " + base + path, error);
        }
    }

    private SoclesApiException refusal(String method, String path, HttpResponse<byte[]> answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        JsonNode error;
        try {
            error = JSON.readTree(answer.body()).path("error");
        } catch (IOException notJson) {
            error = JSON.missingNode();
        }
        String code = error.path("code").asText("");
        String told = code.isEmpty() ? text : error.path("messageFr").asText() + " / " + error.path("message").asText()
                + details(error.path("details"));
        return new SoclesApiException(answer.statusCode(), code, method + " " + base + path + " : " + told);
    }

    private static String details(JsonNode details) {
        StringBuilder told = new StringBuilder();
        details.forEach(one -> told.append("; ").append(one.path("where").asText())
                .append(": ").append(one.path("message").asText()));
        return told.toString();
    }

    private static String query(Map<String, ?> query) {
        String joined = query.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue().toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return joined.isEmpty() ? "" : "?" + joined;
    }

    private static String text(URI base) {
        return base.toString().replaceAll("/+$", "");
    }
}
