package fr.exemple.dpi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.socles.testing.CatalogueEntry;
import fr.socles.testing.Dmp;
import fr.socles.testing.Document;
import fr.socles.testing.Establishment;
import fr.socles.testing.Events;
import fr.socles.testing.Fault;
import fr.socles.testing.FaultPoint;
import fr.socles.testing.Indicators;
import fr.socles.testing.Injection;
import fr.socles.testing.Insi;
import fr.socles.testing.Mail;
import fr.socles.testing.Mss;
import fr.socles.testing.Person;
import fr.socles.testing.Population;
import fr.socles.testing.Severity;
import fr.socles.testing.Socles;
import fr.socles.testing.WorkspaceOptions;
import fr.socles.testing.junit.SoclesTest;
import fr.socles.testing.server.Server;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A patient goes home: identity, letter, mail. Each test has a workspace of its own. */
@SoclesTest(failOn = Severity.WARNING)
class DischargeTest {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static KeyStore keys;

    private Facts.Site site;
    private Facts.Patient patient;
    private Person person;
    private DmpClient dpi;
    private Letter letter;

    @BeforeAll
    static void makeKeys(@TempDir Path folder) throws Exception {
        keys = Keys.make(folder);
    }

    @BeforeEach
    void admit(Population population, Dmp dmp) throws Exception {
        Establishment hospital = population.establishments().get(0);
        site = new Facts.Site(hospital.finessEg(), hospital.name(), hospital.city(), "1.2.250.1.999.42");
        person = population.patient(one -> one.birthName("LEROY-TEST").givenNames("MARGUERITE", "ANNE"));
        Facts.Traits traits = new Facts.Traits(person.birthName(), person.givenNames().get(0), person.sex(),
                person.birthDate(), person.birthPlace());
        patient = new Facts.Patient(traits, person.givenNames(), person.ins().value(), person.ins().oid(), "IPP-1");
        dpi = new DmpClient(dmp.repository(), keys, Keys.ALIAS, Keys.PASSWORD, PAUSE);
        letter = letter();
    }

    private Letter letter() {
        ZonedDateTime now = ZonedDateTime.now().truncatedTo(ChronoUnit.SECONDS);
        return new Letter(site, new Facts.Author("99900000010", "EXEMPLE", "CAMILLE"), patient,
                new Facts.Stay("S-1", now.minusDays(3), now));
    }

    @Test
    void anIdentityIsLookedUp(Insi insi) throws Exception {
        InsiClient client = new InsiClient(insi.endpoint(), site);
        assertEquals(Optional.of(new InsiClient.Identity(person.ins().value(), person.ins().oid())),
                client.find(patient.traits()));
        assertEquals(site.finess(), insi.expectCall("00").finess());
    }

    @Test
    void anUnknownPersonHasNoIdentity(Insi insi) throws Exception {
        InsiClient client = new InsiClient(insi.endpoint(), site);
        Facts.Traits nobody = new Facts.Traits("PERSONNE-TEST", "LOUIS", "M", LocalDate.of(1950, 6, 7), "69381");
        assertEquals(Optional.empty(), client.find(nobody));
        insi.expectCall("01");
    }

    @Test
    void aLetterIsInTheDmpAndCounts(Dmp dmp, Events events, Indicators indicators) throws Exception {
        Facts.Stay stay = letter.stay();
        indicators.declareStay(letter.stayId(), site.finess(), stay.admitted().toOffsetDateTime(),
                stay.discharged().toOffsetDateTime(), patient.ins());
        indicators.expect("DMP-SORTIE", site.finess(), one -> one.num(0).den(1));

        assertTrue(dpi.deposit(letter).accepted());

        Document document = dmp.expectDeposit(one -> one.typeCode("11490-0").patient(patient.ins()).revision(1));
        assertEquals(letter.documentId(), document.uniqueId());
        assertArrayEquals(letter.cda(), dmp.content(document.uniqueId()));
        events.expect("dmp.document.registered.v1",
                one -> one.subject(document.chain()).data("/typeCode", "11490-0").data("/finessEG", site.finess()));
        indicators.expect("DMP-VOL", site.finess(), one -> one.num(1));
        indicators.expect("DMP-SORTIE", site.finess(), one -> one.num(1).den(1).value(1));
    }

    @Test
    void aBusyRepositoryIsAskedAgain(Socles socles, Dmp dmp) throws Exception {
        Injection busy = socles.inject("dmp.repository-busy").times(1);

        assertEquals(new DmpClient.Deposited(true, Optional.empty(), 2), dpi.deposit(letter));

        busy.expectFired(1);
        assertEquals(busy.id(), dmp.expectRefusal("XDSRepositoryBusy").fault());
        dmp.expectDeposit(one -> one.uniqueId(letter.documentId()));
    }

    @Test
    void aRepositoryThatStaysBusyIsLeftAlone(Socles socles, Dmp dmp) throws Exception {
        Injection busy = socles.inject("dmp.repository-busy");
        assertEquals(new DmpClient.Deposited(false, Optional.of("XDSRepositoryBusy"), 3), dpi.deposit(letter));
        busy.expectFired(3);
        dmp.expectNoDeposit(one -> one);
    }

    @Test
    void everyDocumentedRefusalOfADepositIsTold(Socles socles) throws Exception {
        List<CatalogueEntry> refusals = socles.faults().catalogue("dmp_sim").stream()
                .filter(one -> one.effect().equals("refuse") && one.operations().contains("iti41"))
                .toList();
        assertTrue(refusals.size() > 20, () -> refusals.toString());
        for (CatalogueEntry one : refusals) {
            try (Injection fault = socles.inject(one.id()).operation("iti41").times(1)) {
                DmpClient.Deposited done = dpi.deposit(letter());
                fault.expectFired(1);
                boolean passes = one.code().endsWith("Busy") || one.wire().contains("Success");
                assertEquals(passes, done.accepted(), () -> one + " : " + done);
            }
        }
    }

    @Test
    void anotherWorkspaceBeginsWithTheLetter(Socles socles, Server server) throws Exception {
        dpi.deposit(letter);
        String kept = socles.snapshot("avec-lettre");
        try (Socles other = Socles.open(server, WorkspaceOptions.DEFAULT.seededFrom(kept))) {
            other.dmp().expectDeposit(one -> one.uniqueId(letter.documentId()));
        }
    }

    @Test
    void anAnswerThatIsCutOffIsNoAnswer(Socles socles, Dmp dmp) throws Exception {
        socles.inject("any.truncate").service("dmp_sim").times(1);
        assertThrows(IOException.class, () -> dpi.deposit(letter));
        dmp.expectDeposit(one -> one.uniqueId(letter.documentId())); // yet it was done
    }

    @Test
    void anAnswerThatNeverCameMeansNothing(Socles socles, Dmp dmp) throws Exception {
        socles.inject(Fault.cut().service("dmp_sim").at(FaultPoint.BEFORE_ANSWER).times(1));
        assertThrows(IOException.class, () -> dpi.deposit(letter));
        dmp.expectDeposit(one -> one.uniqueId(letter.documentId())); // yet it was done
    }

    @Test
    @SoclesTest(failOn = Severity.NEVER) // the second letter is wrong on purpose
    void aLetterTwiceIsRefused(Dmp dmp) throws Exception {
        assertTrue(dpi.deposit(letter).accepted());
        DmpClient.Deposited again = dpi.deposit(letter);
        assertFalse(again.accepted());
        assertEquals(1, again.tries());
        dmp.expectRefusal(again.code().orElseThrow());
    }

    @Test
    @SoclesTest(failOn = Severity.ERROR) // a mail without IHE_XDM.zip has warnings
    void aMailReachesThePatient(Socles socles, Mss mss, Population population) throws Exception {
        SSLContext trusting = socles.certificates().sslContext();
        String sender = box(population);
        MailClient client = new MailClient(mss.host(), mss.port(), sender, mss.login(sender), mss.password(), trusting);

        client.send(person.mailbox(), "Votre sortie", "Votre lettre de liaison est dans votre DMP.");

        Mail mail = mss.waitForMail(person.mailbox(), Duration.ofSeconds(5));
        assertEquals("Votre sortie", mail.subject());
        assertEquals(sender, mail.mailFrom());
        assertEquals("Votre lettre de liaison est dans votre DMP.",
                new String(mss.part(mail.ref(), mail.parts().get(0).number())).strip());
    }

    @Test
    void aFullBoxIsTold(Socles socles, Mss mss, Population population) {
        socles.inject(Fault.refuse("452").service("mss_sim").operation("RCPT").times(1));
        SSLContext trusting = socles.certificates().sslContext();
        String sender = box(population);
        MailClient client = new MailClient(mss.host(), mss.port(), sender, mss.login(sender), mss.password(), trusting);
        MessagingException refused =
                assertThrows(MessagingException.class, () -> client.send(person.mailbox(), "Votre sortie", "…"));
        assertTrue(refused.getNextException().getMessage().contains("452"), () -> String.valueOf(refused.getNextException()));
        mss.expectNoMail(one -> one.to(person.mailbox()));
    }

    private String box(Population population) {
        return population.boxes(site.finess()).stream().filter(one -> one.state().equals("open")).findFirst().orElseThrow()
                .address();
    }
}
