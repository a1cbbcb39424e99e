package fr.exemple.dpi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** SOAP by the JDK's own HTTP client. */
final class SoapClient {
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)");
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private final HttpClient http;

    SoapClient(SSLContext tls) {
        http = HttpClient.newBuilder().sslContext(tls).build();
    }

    /** The first part of an answer, parsed. */
    record Answer(Document xml) {
        /** Text of the first element of that local name. */
        Optional<String> text(String name) {
            return element(name).map(Element::getTextContent);
        }

        Optional<Element> element(String name) {
            NodeList found = xml.getElementsByTagNameNS("*", name);
            return found.getLength() == 0 ? Optional.empty() : Optional.of((Element) found.item(0));
        }
    }

    /** Raises {@link IOException} when there is no answer, or none that is XML. */
    Answer call(URI url, String contentType, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url).timeout(ANSWER).header("Content-Type", contentType)
                .POST(BodyPublishers.ofByteArray(body)).build();
        try {
            HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
            return new Answer(parse(root(answer)));
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", error);
        }
    }

    /** The envelope: the whole body, or the first part of a multipart one. */
    private static byte[] root(HttpResponse<byte[]> answer) throws IOException {
        Matcher boundary = BOUNDARY.matcher(answer.headers().firstValue("Content-Type").orElse(""));
        if (!boundary.find()) {
            return answer.body();
        }
        String[] parts = new String(answer.body(), StandardCharsets.UTF_8).split(Pattern.quote("--" + boundary.group(1)));
        int head = parts.length < 3 ? -1 : parts[1].indexOf("\r\n\r\n");
        if (head < 0) {
            throw new IOException("the answer is cut off");
        }
        return parts[1].substring(head).strip().getBytes(StandardCharsets.UTF_8);
    }

    private static Document parse(byte[] xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
        } catch (ParserConfigurationException | SAXException error) {
            throw new IOException("no SOAP in the answer", error);
        }
    }
}
