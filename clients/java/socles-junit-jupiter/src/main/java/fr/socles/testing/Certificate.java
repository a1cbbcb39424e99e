package fr.socles.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;

/** A certificate that the sandbox issued, with its chain and its key. The sandbox keeps no copy of the key. */
public final class Certificate {
    private final byte[] file;
    private final String password;
    private final String alias;
    private final KeyStore keys;

    Certificate(byte[] file, String alias, String password) {
        this.file = file;
        this.alias = alias;
        this.password = password;
        keys = read(file, password);
    }

    /**
     * For a {@code KeyManagerFactory}, an XML signature, a {@code javax.net.ssl.keyStore} …
     *
     * @return one entry, under {@link #alias()}
     */
    public KeyStore keyStore() {
        return keys;
    }

    /**
     * The entry's name.
     *
     * @return the kind, such as {@code org-sign}
     */
    public String alias() {
        return alias;
    }

    /**
     * The password of the store and of the key.
     *
     * @return a copy
     */
    public char[] password() {
        return password.toCharArray();
    }

    /**
     * The certificate itself.
     *
     * @return the leaf
     */
    public X509Certificate x509() {
        try {
            return (X509Certificate) keys.getCertificate(alias);
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    /**
     * The PKCS#12 file, for software that reads one.
     *
     * @return a copy; its password is {@link #password()}
     */
    public byte[] pkcs12() {
        return file.clone();
    }

    /** A PKCS#12 store from its bytes. */
    static KeyStore read(byte[] file, String password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(file), password.toCharArray());
            return store;
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
