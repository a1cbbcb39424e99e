import fr.cnamts.insilot2.requnitaire.IndividuVerifie;
import fr.cnamts.insirecsans.RECSANSVITALE;
import fr.cnamts.insirecvit.Matricule;
import fr.cnamts.insirecvit.RECVITALE;
import fr.cnamts.insiresultat.Ins;
import fr.cnamts.insiresultat.RESULTAT;
import fr.cnamts.webservice.Erreur;
import fr.cnamts.webservice.ICIRService;
import fr.cnamts.webservice.ICIRV1;
import fr.cnamts.webservice.VerificationEnMasse;
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
import socles.insi.verification._1.CREERDEMANDE;
import socles.insi.verification._1.DEMANDE;
import socles.insi.verification._1.RECUPERERRESULTAT;

/**
 * INSi through the classes that wsdl2java makes of the WSDL, as it is: one line of standard input for each call, its
 * fields separated by tabs; one line of output: the CodeCR, number and key, OID, first names and history, or the fault's
 * code.
 */
public final class InsiClient {
    private final ICIRService service;
    private final VerificationEnMasse batch;

    private InsiClient(String url) {
        ICIRV1 ports = new ICIRV1((java.net.URL) null);
        service = ports.getICIRService(new AddressingFeature());
        batch = ports.getVerificationEnMasse(new AddressingFeature());
        for (Object port : new Object[] {service, batch}) {
            ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, url);
        }
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
            switch (asked[0]) {
                case "verify":
                    return service.verifierInsAvecTraitsIdentite(claimed(asked), null, lps(), bam(new COUVERTURE()))
                            .getCR()
                            .getCodeCR();
                case "demand":
                    return shown(batch.creerDemandeVerification(demand(asked), null, lps(), bam(new COUVERTURE())));
                case "fetch":
                    RECUPERERRESULTAT which = new RECUPERERRESULTAT();
                    which.setNumeroDemande(asked[1]);
                    return shown(batch.recupererResultatVerification(which, null, lps(), bam(new COUVERTURE())));
                default:
                    return shown("card".equals(asked[0]) ? byCard(asked) : byTraits(asked));
            }
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

    /** verify, number, key, OID, birth name, first names, sex, birth date, place. */
    private static IndividuVerifie claimed(String[] asked) {
        IndividuVerifie claimed = new IndividuVerifie();
        claimed.setINSFourni(new IndividuVerifie.INSFourni());
        claimed.getINSFourni().setIdIndividu(new IndividuVerifie.INSFourni.IdIndividu());
        claimed.getINSFourni().getIdIndividu().setNumIdentifiant(asked[1]);
        claimed.getINSFourni().getIdIndividu().setCle(asked[2]);
        claimed.getINSFourni().setOID(asked[3]);
        IndividuVerifie.TraitsIdentiteIndividu traits = new IndividuVerifie.TraitsIdentiteIndividu();
        traits.setNomNaissance(asked[4]);
        traits.setListePrenom(asked[5]);
        traits.setSexe(asked[6]);
        traits.setDateNaissance(asked[7]);
        traits.setLieuNaissance(asked[8]);
        claimed.setTraitsIdentiteIndividu(traits);
        return claimed;
    }

    /** The same; its first line as it is, its second one with the other sex. */
    private static CREERDEMANDE demand(String[] asked) {
        CREERDEMANDE demand = new CREERDEMANDE();
        demand.setIdDemande(UUID.randomUUID().toString());
        for (int rank = 1; rank <= 2; rank++) {
            CREERDEMANDE.LIGNE line = new CREERDEMANDE.LIGNE();
            line.setRang(rank);
            line.setIndividuVerifie(claimed(asked));
            demand.getLIGNE().add(line);
        }
        IndividuVerifie.TraitsIdentiteIndividu last = demand.getLIGNE().get(1).getIndividuVerifie().getTraitsIdentiteIndividu();
        last.setSexe("F".equals(last.getSexe()) ? "M" : "F");
        return demand;
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

    private static String shown(DEMANDE demand) {
        StringBuilder line = new StringBuilder(demand.getEtat()).append(" ").append(demand.getNumeroDemande());
        for (DEMANDE.LIGNE one : demand.getLIGNE()) {
            line.append(" ").append(one.getRang()).append(":").append(one.getCR().getCodeCR());
        }
        return line.toString();
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
