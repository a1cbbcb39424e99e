import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.ExcC14NParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * The JDK's own XML signatures over SAML assertions, against the sandbox's; and its reading of the sandbox's lots.
 *
 * <p>{@code verify file…}: prints "valid" or "invalid" for each message. {@code sign p12 password sha1|sha256 prefixes file}:
 * prints the message with its assertion signed, {@code prefixes} being comma-separated or {@code -}.
 */
public final class XmlSignatures {
    private static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion";

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("verify")) {
            for (int at = 1; at < arguments.length; at++) {
                System.out.println(verify(read(Path.of(arguments[at]))) ? "valid" : "invalid");
            }
        } else {
            System.out.print(sign(arguments));
        }
    }

    private static boolean verify(Document document) throws Exception {
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        String encoded = document.getElementsByTagNameNS(XMLSignature.XMLNS, "X509Certificate").item(0).getTextContent();
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Base64.getMimeDecoder().decode(encoded)));
        DOMValidateContext context = new DOMValidateContext(certificate.getPublicKey(), found.item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE); // SHA-1
        return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
    }

    private static String sign(String[] arguments) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] password = arguments[2].toCharArray();
        store.load(Files.newInputStream(Path.of(arguments[1])), password);
        String alias = store.aliases().nextElement();
        boolean sha1 = arguments[3].equals("sha1");
        Document document = read(Path.of(arguments[5]));
        Element assertion = (Element) document.getElementsByTagNameNS(SAML, "Assertion").item(0);
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        List<Transform> transforms = new ArrayList<>();
        transforms.add(factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null));
        transforms.add(factory.newTransform(CanonicalizationMethod.EXCLUSIVE, arguments[4].equals("-")
            ? null : new ExcC14NParameterSpec(List.of(arguments[4].split(",")))));
        Reference reference = factory.newReference("#" + assertion.getAttribute("ID"),
            factory.newDigestMethod(sha1 ? "http://www.w3.org/2000/09/xmldsig#sha1"
                : "http://www.w3.org/2001/04/xmlenc#sha256", null), transforms, null, null);
        SignedInfo signedInfo = factory.newSignedInfo(
            factory.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
            factory.newSignatureMethod(sha1 ? "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
                : "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", null),
            Collections.singletonList(reference));
        KeyInfoFactory keys = factory.getKeyInfoFactory();
        X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
        KeyInfo info = keys.newKeyInfo(List.of(
            keys.newKeyValue(certificate.getPublicKey()), keys.newX509Data(List.of(certificate))));
        Node second = assertion.getFirstChild().getNextSibling();
        DOMSignContext context = new DOMSignContext((PrivateKey) store.getKey(alias, password), assertion, second);
        factory.newXMLSignature(signedInfo, info).sign(context);
        Transformer written = TransformerFactory.newInstance().newTransformer();
        written.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter out = new StringWriter();
        written.transform(new DOMSource(document), new StreamResult(out));
        return out.toString();
    }

    private static Document read(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        Document document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(Files.readString(file))));
        NodeList all = document.getElementsByTagName("*");
        for (int at = 0; at < all.getLength(); at++) {
            Element element = (Element) all.item(at);
            for (String name : List.of("ID", "Id")) {
                if (element.hasAttribute(name)) {
                    element.setIdAttribute(name, true);
                }
            }
        }
        return document;
    }
}
