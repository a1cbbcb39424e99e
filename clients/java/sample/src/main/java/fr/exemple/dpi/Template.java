package fr.exemple.dpi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** XML with {@code {{names}}}, and {@code {{{names}}}} for XML that goes in as it is: a real product would have a builder. */
final class Template {
    private static final Pattern NAME = Pattern.compile("\\{\\{(\\{?)(\\w+)}}}?");

    private Template() {}

    /** The resource with its names replaced by values, escaped; a name without a value is an error. */
    static byte[] fill(String resource, Map<String, String> values) {
        String text = new String(read(resource), StandardCharsets.UTF_8);
        String filled = NAME.matcher(text).replaceAll(found -> {
            String value = values.get(found.group(2));
            if (value == null) {
                throw new IllegalArgumentException(resource + ": no value for " + found.group(2));
            }
            return Matcher.quoteReplacement(found.group(1).isEmpty() ? escape(value) : value);
        });
        return filled.strip().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] read(String resource) {
        try (InputStream stream = Template.class.getResourceAsStream(resource)) {
            return stream.readAllBytes();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
