package fr.socles.testing;

/**
 * A host and a port.
 *
 * @param host name or IP address
 * @param port 1 to 65535
 */
public record Address(String host, int port) {
    /**
     * Reads {@code host:port}; an IPv6 address stands in brackets.
     *
     * @param text such as {@code 127.0.0.1:2587}
     * @return host and port
     * @throws IllegalArgumentException when it is something else
     */
    public static Address of(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("hôte:port attendu / host:port expected : " + text);
        }
        return new Address(text.substring(0, colon).replaceAll("^\\[|]$", ""), Integer.parseInt(text.substring(colon + 1)));
    }
}
