import fr.cnamts.insirecsans.RECSANSVITALE;
import fr.cnamts.insirecvit.Matricule;
import fr.cnamts.insirecvit.RECVITALE;
import fr.cnamts.insiresultat.Ins;
import fr.cnamts.insiresultat.RESULTAT;
import fr.cnamts.webservice.Erreur;
import fr.cnamts.webservice.ICIRService;
import fr.cnamts.webservice.ICIRV1;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.soap.AddressingFeature;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import siram.bam.ctxbam.ContexteBAM;
import siram.bam.ctxbam.ContexteBAM.COUVERTURE;
import siram.lps.ctxlps.ContexteLPS;

/**
 * INSi through the classes that wsdl2java makes of the WSDL, as it is: one line of standard input for each call, its
 * fields separated by tabs; one line of output: the CodeCR, number and key, OID, first names and history, or the fault's
 * code.
 */
public final class InsiClient {
    private final ICIRService service;

    private InsiClient(String url) {
        service = new ICIRV1((java.net.URL) null).getICIRService(new AddressingFeature());
        ((BindingProvider) service).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, url);
    }

    public static void main(String[] arguments) throws Exception {
        InsiClient client = new InsiClient(arguments[0]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(client.answer(line.split("\t", -1)));
        }
    }

    private String answer(String[] asked) throws Exception {
        try {
            return shown("card".equals(asked[0]) ? byCard(asked) : byTraits(asked));
        } catch (Erreur fault) {
            return fault.getFaultInfo().getCode();
        }
    }

    /** traits, birth name, first names (each one element; several by "|"), sex, birth date, place or nothing. */
    private RESULTAT byTraits(String[] asked) throws Exception {
        RECSANSVITALE body = new RECSANSVITALE();
        body.setNomNaissance(asked[1]);
        for (String name : asked[2].split("\\|")) {
            body.getPrenom().add(name);
        }
        body.setSexe(asked[3]);
        body.setDateNaissance(asked[4]);
        if (!asked[5].isEmpty()) {
            body.setLieuNaissance(asked[5]);
        }
        return service.rechercherInsAvecTraitsIdentite(body, null, lps(), bam(new COUVERTURE()));
    }

    /** card, number of the insured person, birth date and rank of the beneficiary. */
    private RESULTAT byCard(String[] asked) throws Exception {
        Matricule insured = new Matricule();
        insured.setNumIdentifiant(asked[1]);
        RECVITALE body = new RECVITALE();
        body.setMatriculeOD(insured);
        body.setDateNaissance(asked[2]);
        body.setRangNaissance(asked[3]);
        COUVERTURE coverage = new COUVERTURE();
        coverage.setASSURE(new COUVERTURE.ASSURE());
        coverage.getASSURE().setId(new COUVERTURE.ASSURE.Id());
        coverage.getASSURE().getId().setNum(asked[1]);
        coverage.setBENEFICIAIRE(new COUVERTURE.BENEFICIAIRE());
        coverage.getBENEFICIAIRE().setDateNai(asked[2]);
        coverage.getBENEFICIAIRE().setRang(new BigInteger(asked[3]));
        return service.rechercherInsAvecCarteVitale(body, null, lps(), bam(coverage));
    }

    private static ContexteBAM bam(COUVERTURE coverage) throws Exception {
        ContexteBAM context = new ContexteBAM();
        context.setVersion("01_02");
        context.setId(UUID.randomUUID().toString());
        context.setTemps(now());
        context.setEmetteur("1690000013");
        context.setCOUVERTURE(coverage);
        return context;
    }

    private static ContexteLPS lps() throws Exception {
        ContexteLPS context = new ContexteLPS();
        context.setVersion("01_00");
        context.setId(UUID.randomUUID().toString());
        context.setTemps(now());
        context.setEmetteur("1690000013");
        context.setLPS(new ContexteLPS.LPS());
        context.getLPS().setIDAM(new ContexteLPS.LPS.IDAM());
        context.getLPS().getIDAM().setR("4");
        context.getLPS().getIDAM().setValue("GE000000000");
        context.getLPS().setVersion("1.0");
        context.getLPS().setInstance(UUID.randomUUID().toString());
        context.getLPS().setNom("urn:lps:cxf:4.1");
        return context;
    }

    private static XMLGregorianCalendar now() throws Exception {
        return DatatypeFactory.newInstance().newXMLGregorianCalendar(java.time.Instant.now().toString());
    }

    private static String shown(RESULTAT result) {
        if (result.getINDIVIDU() == null) {
            return result.getCR().getCodeCR();
        }
        StringBuilder line = new StringBuilder(result.getCR().getCodeCR());
        line.append(" ").append(number(result.getINDIVIDU().getINSACTIF()));
        line.append(" ").append(result.getINDIVIDU().getINSACTIF().getOID());
        line.append(" ").append(result.getINDIVIDU().getTIQ().getListePrenom().replace(' ', '|'));
        for (Ins former : result.getINDIVIDU().getINSHISTO()) {
            line.append(" ").append(number(former));
        }
        return line.toString();
    }

    private static String number(Ins ins) {
        String key = ins.getIdIndividu().getCle();
        return ins.getIdIndividu().getNumIdentifiant() + (key == null ? "" : key);
    }
}
