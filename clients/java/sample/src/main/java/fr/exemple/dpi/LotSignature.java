package fr.exemple.dpi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.ZonedDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.TransformException;
import javax.xml.crypto.dsig.TransformService;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;

/** The XAdES signature of a lot. Written in canonical form, so that only the document needs a canonicaliser. */
final class LotSignature {
    private static final String DS = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    private static final String XAD = "xmlns:xad=\"http://uri.etsi.org/01903/v1.1.1#\"";
    private static final String SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1";

    private final PrivateKey key;
    private final X509Certificate certificate;

    LotSignature(KeyStore keys, String alias, char[] password) throws GeneralSecurityException {
        key = (PrivateKey) keys.getKey(alias, password);
        certificate = (X509Certificate) keys.getCertificate(alias);
    }

    /** The document of the entry Signature01, for a lot of one document. */
    byte[] sign(String lotId, String documentId, byte[] document, ZonedDateTime at)
            throws GeneralSecurityException, IOException {
        String manifest = "Id=\"IHEManifest\">" + reference("", "urn:oid:" + lotId, "AA==")
                + reference("", "urn:oid:" + documentId, sha1(canonical(document))) + "</ds:Manifest>";
        String properties = properties(at);
        String info = "<ds:CanonicalizationMethod Algorithm=\"" + CanonicalizationMethod.INCLUSIVE_WITH_COMMENTS
                + "\"></ds:CanonicalizationMethod>"
                + "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\"></ds:SignatureMethod>"
                + reference("http://www.w3.org/2000/09/xmldsig#Manifest", "#IHEManifest",
                        sha1(bytes("<ds:Manifest " + DS + " " + manifest)))
                + reference("http://uri.etsi.org/01903/v1.1.1#SignedProperties", "#S0-SignedProperties",
                        sha1(bytes("<xad:SignedProperties " + DS + " " + XAD + " " + properties)))
                + "</ds:SignedInfo>";
        return bytes("<ds:Signature " + DS + " Id=\"S0\"><ds:SignedInfo>" + info
                + "<ds:SignatureValue>" + signed("<ds:SignedInfo " + DS + ">" + info) + "</ds:SignatureValue>"
                + "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" + base64(certificate.getEncoded())
                + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
                + "<ds:Object><xad:QualifyingProperties " + XAD + " Target=\"#S0\"><xad:SignedProperties " + properties
                + "</xad:QualifyingProperties></ds:Object>"
                + "<ds:Object><ds:SignatureProperties><ds:SignatureProperty Id=\"purposeOfSignature\" Target=\"#S0\">"
                + "1.2.840.10065.1.12.1.14</ds:SignatureProperty></ds:SignatureProperties></ds:Object>"
                + "<ds:Object><ds:Manifest " + manifest + "</ds:Object></ds:Signature>");
    }

    private String properties(ZonedDateTime at) throws GeneralSecurityException {
        String instant = at.withZoneSameInstant(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        return "Id=\"S0-SignedProperties\"><xad:SignedSignatureProperties><xad:SigningTime>" + instant + "</xad:SigningTime>"
                + "<xad:SigningCertificate><xad:Cert><xad:CertDigest><xad:DigestMethod Algorithm=\"" + SHA1
                + "\"></xad:DigestMethod><xad:DigestValue>" + sha1(certificate.getEncoded())
                + "</xad:DigestValue></xad:CertDigest><xad:IssuerSerial><ds:X509IssuerName>"
                + certificate.getIssuerX500Principal().getName() + "</ds:X509IssuerName><ds:X509SerialNumber>"
                + certificate.getSerialNumber() + "</ds:X509SerialNumber></xad:IssuerSerial></xad:Cert></xad:SigningCertificate>"
                + "<xad:SignaturePolicyIdentifier><xad:SignaturePolicyImplied></xad:SignaturePolicyImplied>"
                + "</xad:SignaturePolicyIdentifier></xad:SignedSignatureProperties></xad:SignedProperties>";
    }

    private String signed(String canonical) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA1withRSA"); // as the DMP asks
        signature.initSign(key);
        signature.update(bytes(canonical));
        return base64(signature.sign());
    }

    private static byte[] canonical(byte[] document) throws GeneralSecurityException, IOException {
        try {
            TransformService service =
                    TransformService.getInstance(CanonicalizationMethod.INCLUSIVE_WITH_COMMENTS, "DOM");
            service.init((TransformParameterSpec) null);
            OctetStreamData source = new OctetStreamData(new ByteArrayInputStream(document));
            return ((OctetStreamData) service.transform(source, null)).getOctetStream().readAllBytes();
        } catch (TransformException error) {
            throw new IOException("the document is no XML", error);
        }
    }

    private static String reference(String type, String uri, String digest) {
        return "<ds:Reference" + (type.isEmpty() ? "" : " Type=\"" + type + "\"") + " URI=\"" + uri
                + "\"><ds:DigestMethod Algorithm=\"" + SHA1 + "\"></ds:DigestMethod><ds:DigestValue>" + digest
                + "</ds:DigestValue></ds:Reference>";
    }

    private static String sha1(byte[] content) throws GeneralSecurityException {
        return base64(MessageDigest.getInstance("SHA-1").digest(content));
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
