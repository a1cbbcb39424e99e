package fr.exemple.dpi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/** A key that nobody trusts, made anew by the JDK's own tool: none lies in the repository. */
final class Keys {
    static final String ALIAS = "dpi";
    static final char[] PASSWORD = "exemple".toCharArray();

    private Keys() {}

    static KeyStore make(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve("dpi.p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(List.of(tool, "-genkeypair", "-alias", ALIAS, "-keyalg", "RSA", "-keysize", "2048",
                        "-dname", "CN=exemple-dpi", "-validity", "30", "-storetype", "PKCS12", "-keystore", file.toString(),
                        "-storepass", new String(PASSWORD)))
                .redirectErrorStream(true).start();
        String told = new String(made.getInputStream().readAllBytes());
        if (made.waitFor() != 0) {
            throw new IOException("keytool: " + told);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stream = Files.newInputStream(file)) {
            keys.load(stream, PASSWORD);
        }
        return keys;
    }
}
