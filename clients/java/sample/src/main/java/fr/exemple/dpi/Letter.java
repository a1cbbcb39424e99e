package fr.exemple.dpi;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A discharge letter: its identifiers, its facts, and the CDA around the PDF/A. Made once, sent as often as need be. */
public final class Letter {
    private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyyMMddHHmmssZ").withZone(PARIS);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd/MM/yyyy").withZone(PARIS);
    private static final DateTimeFormatter BIRTH = DateTimeFormatter.ofPattern("yyyyMMdd");
    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private final Map<String, String> values = new HashMap<>();
    private final Facts.Stay stay;
    private final byte[] cda;

    /** Written at the end of the stay. */
    public Letter(Facts.Site site, Facts.Author author, Facts.Patient patient, Facts.Stay stay) {
        this.stay = stay;
        for (String name : new String[] {"documentId", "setId", "lotId", "signatureId"}) {
            values.put(name, oid());
        }
        Facts.Traits traits = patient.traits();
        values.putAll(Map.of("finess", site.finess(), "siteName", site.name(), "city", site.city(), "root", site.root(),
                "rpps", author.rpps(), "family", author.family(), "given", author.given()));
        values.putAll(Map.of("birthName", traits.birthName(), "givenName", traits.givenName(),
                "givenNames", String.join(" ", patient.givenNames()), "sex", traits.sex(),
                "sexLabel", traits.sex().equals("F") ? "Féminin" : "Masculin", "birthDate", BIRTH.format(traits.birthDate()),
                "birthPlace", traits.birthPlace(), "ins", patient.ins(), "insOid", patient.insOid(),
                "localId", patient.localId()));
        values.putAll(Map.of("stay", stay.number(), "admitted", UTC.format(stay.admitted()),
                "admittedLocal", LOCAL.format(stay.admitted()), "closed", UTC.format(stay.discharged()),
                "closedLocal", LOCAL.format(stay.discharged()), "day", DAY.format(stay.discharged()),
                "instant", INSTANT.format(stay.discharged()),
                "pdf", Base64.getEncoder().encodeToString(Template.read("lettre.pdf"))));
        cda = Template.fill("cda.xml", values);
    }

    /** The XDSDocumentEntry.uniqueId. */
    public String documentId() {
        return values.get("documentId");
    }

    /** The XDSSubmissionSet.uniqueId. */
    public String lotId() {
        return values.get("lotId");
    }

    /** The stay as the indicators know it. */
    public String stayId() {
        return values.get("root") + ".2^" + stay.number();
    }

    byte[] cda() {
        return cda.clone();
    }

    Facts.Stay stay() {
        return stay;
    }

    /** The SOAP envelope, with an unsigned VIHF unless {@code security} is given; the documents are parts beside it. */
    byte[] envelope(Map<String, String> transport) {
        Map<String, String> all = new HashMap<>(values);
        all.putAll(transport);
        all.computeIfAbsent("security", name -> new String(Template.fill("vihf.xml", all), StandardCharsets.UTF_8));
        return Template.fill("iti41.xml", all);
    }

    /** An OID from a UUID (ITU-T X.667: the arc 2.25). */
    private static String oid() {
        return "2.25." + new BigInteger(UUID.randomUUID().toString().replace("-", ""), 16);
    }
}
