import jakarta.activation.DataHandler;
import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.mail.util.ByteArrayDataSource;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAnyElement;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlMimeType;
import jakarta.xml.bind.annotation.XmlValue;
import jakarta.xml.ws.Action;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.WebServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.headers.Header;
import org.apache.cxf.jaxws.JaxWsProxyFactoryBean;
import org.apache.cxf.ws.addressing.WSAddressingFeature;
import org.w3c.dom.Element;

/**
 * Deposits by ITI-41 and retrieves by ITI-43 through Apache CXF: MTOM, WS-Addressing, SOAP 1.2.
 *
 * <p>{@code deposit URL security.xml submit.xml (id file)...} prints the status; {@code retrieve URL security.xml
 * repository uniqueId} prints the status and the document's SHA-1; a fault is printed as {@code fault: text}.
 */
public final class XdsClient {
  static final String XDSB = "urn:ihe:iti:xds-b:2007";
  static final String RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
  static final String SOAP12 = "http://www.w3.org/2003/05/soap/bindings/HTTP/";

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Document {
    @XmlAttribute public String id;

    @XmlValue
    @XmlMimeType("application/octet-stream")
    public DataHandler content;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Deposit {
    @XmlAnyElement public Element submitObjectsRequest;

    @XmlElement(name = "Document", namespace = XDSB)
    public List<Document> documents = new ArrayList<>();
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Status {
    @XmlAttribute public String status;
    @XmlAnyElement public List<Element> errors;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class DocumentRequest {
    @XmlElement(name = "RepositoryUniqueId", namespace = XDSB) public String repository;
    @XmlElement(name = "DocumentUniqueId", namespace = XDSB) public String document;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Retrieval {
    @XmlElement(name = "DocumentRequest", namespace = XDSB)
    public List<DocumentRequest> requests = new ArrayList<>();
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class DocumentResponse {
    @XmlElement(name = "RepositoryUniqueId", namespace = XDSB) public String repository;
    @XmlElement(name = "DocumentUniqueId", namespace = XDSB) public String document;
    @XmlElement(namespace = XDSB) public String mimeType;

    @XmlElement(name = "Document", namespace = XDSB)
    @XmlMimeType("application/octet-stream")
    public DataHandler content;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  public static class Retrieved {
    @XmlElement(name = "RegistryResponse", namespace = RS) public Status registry;

    @XmlElement(name = "DocumentResponse", namespace = XDSB)
    public List<DocumentResponse> documents = new ArrayList<>();
  }

  @WebService(targetNamespace = XDSB)
  @SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
  public interface Repository {
    @WebMethod
    @Action(
        input = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
        output = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse")
    @WebResult(name = "RegistryResponse", targetNamespace = RS)
    Status deposit(
        @WebParam(name = "ProvideAndRegisterDocumentSetRequest", targetNamespace = XDSB) Deposit deposit);

    @WebMethod
    @Action(
        input = "urn:ihe:iti:2007:RetrieveDocumentSet",
        output = "urn:ihe:iti:2007:RetrieveDocumentSetResponse")
    @WebResult(name = "RetrieveDocumentSetResponse", targetNamespace = XDSB)
    Retrieved retrieve(@WebParam(name = "RetrieveDocumentSetRequest", targetNamespace = XDSB) Retrieval retrieval);
  }

  public static void main(String[] args) throws Exception {
    Repository repository = repository(args[1], xml(args[2]));
    try {
      if (args[0].equals("deposit")) {
        Deposit deposit = new Deposit();
        deposit.submitObjectsRequest = xml(args[3]);
        for (int i = 4; i + 1 < args.length; i += 2) {
          Document document = new Document();
          document.id = args[i];
          byte[] content = Files.readAllBytes(Path.of(args[i + 1]));
          document.content = new DataHandler(new ByteArrayDataSource(content, "application/octet-stream"));
          deposit.documents.add(document);
        }
        System.out.println(repository.deposit(deposit).status);
      } else {
        Retrieval retrieval = new Retrieval();
        DocumentRequest request = new DocumentRequest();
        request.repository = args[3];
        request.document = args[4];
        retrieval.requests.add(request);
        Retrieved answer = repository.retrieve(retrieval);
        System.out.println(answer.registry.status);
        for (DocumentResponse one : answer.documents) {
          byte[] content = one.content.getInputStream().readAllBytes();
          System.out.println(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content)));
        }
      }
    } catch (WebServiceException error) {
      if (!(error.getCause() instanceof SoapFault fault)) {
        throw error;
      }
      System.out.println("fault: " + fault.getReason());
    }
  }

  static Repository repository(String url, Element security) {
    JaxWsProxyFactoryBean factory = new JaxWsProxyFactoryBean();
    factory.setServiceClass(Repository.class);
    factory.setAddress(url);
    factory.setBindingId(SOAP12);
    factory.getFeatures().add(new WSAddressingFeature());
    factory.setProperties(Map.of("mtom-enabled", true));
    Repository repository = (Repository) factory.create();
    List<Header> headers = new ArrayList<>();
    headers.add(new Header(new QName(security.getNamespaceURI(), security.getLocalName()), security));
    ((BindingProvider) repository).getRequestContext().put(Header.HEADER_LIST, headers);
    return repository;
  }

  static Element xml(String file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(Path.of(file).toFile()).getDocumentElement();
  }

  private XdsClient() {}
}
