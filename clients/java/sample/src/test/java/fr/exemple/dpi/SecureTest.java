package fr.exemple.dpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.socles.testing.Certificate;
import fr.socles.testing.Certificates;
import fr.socles.testing.Dmp;
import fr.socles.testing.Establishment;
import fr.socles.testing.Exchange;
import fr.socles.testing.Insi;
import fr.socles.testing.Person;
import fr.socles.testing.Population;
import fr.socles.testing.Professional;
import fr.socles.testing.Severity;
import fr.socles.testing.Socles;
import fr.socles.testing.VihfOrder;
import fr.socles.testing.junit.SoclesTest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same software with certificates and signed assertions, in a workspace that takes nothing else. */
@SoclesTest(failOn = Severity.WARNING)
class SecureTest {
    private Certificates authorities;
    private Facts.Site site;
    private Facts.Patient patient;
    private Person person;
    private Professional doctor;

    @BeforeEach
    void admit(Socles socles, Population population) {
        authorities = socles.certificates();
        Establishment hospital = population.establishments().get(0);
        site = new Facts.Site(hospital.finessEg(), hospital.name(), hospital.city(), "1.2.250.1.999.42");
        doctor = population.professionals(hospital.finessEg()).get(0);
        person = population.patient(one -> one.birthName("LEROY-TEST").givenNames("MARGUERITE", "ANNE"));
        Facts.Traits traits = new Facts.Traits(person.birthName(), person.givenNames().get(0), person.sex(),
                person.birthDate(), person.birthPlace());
        patient = new Facts.Patient(traits, person.givenNames(), person.ins().value(), person.ins().oid(), "IPP-1");
        socles.sign().verified("strict");
    }

    private String structure() {
        return "1" + site.finess();
    }

    private DmpClient dpi(Socles socles, Dmp dmp, UnaryOperator<VihfOrder> wrong) throws Exception {
        Certificate seal = authorities.issue("org-sign", one -> one.structure(structure()));
        SSLContext tls = authorities.sslContext(authorities.issue("org-auth-cli", one -> one.structure(structure())));
        return new DmpClient(socles.mutual(dmp.repository()), seal.keyStore(), seal.alias(), seal.password(),
                Duration.ofMillis(20), tls, () -> Optional.of(socles.sign().vihf(one -> wrong.apply(one.structure(structure())
                        .patient(person.ins()).professional("8" + doctor.rpps(), doctor.family() + " " + doctor.given())))));
    }

    private Letter letter() {
        ZonedDateTime now = ZonedDateTime.now().truncatedTo(ChronoUnit.SECONDS);
        return new Letter(site, new Facts.Author(doctor.rpps(), doctor.family(), doctor.given()), patient,
                new Facts.Stay("S-1", now.minusDays(3), now));
    }

    @Test
    void aSignedLetterIsTakenOverMutualTls(Socles socles, Dmp dmp) throws Exception {
        Letter letter = letter();
        assertEquals(new DmpClient.Deposited(true, Optional.empty(), 1), dpi(socles, dmp, one -> one).deposit(letter));
        dmp.expectDeposit(one -> one.uniqueId(letter.documentId()));
    }

    @Test
    @SoclesTest(failOn = Severity.NEVER) // wrong on purpose
    void everyWrongVihfIsRefusedForItsOwnRule(Socles socles, Dmp dmp) throws Exception {
        for (String flaw : List.of("unsigned", "altered", "wrapped", "expired-assertion", "revoked-certificate")) {
            String broken = socles.sign().flaws().get(flaw);
            assertFalse(dpi(socles, dmp, one -> one.flaw(flaw)).deposit(letter()).accepted(), flaw);
            Exchange newest = socles.exchanges().all().get(0);
            assertTrue(newest.rules().contains(broken), () -> flaw + " : " + newest);
        }
        dmp.expectNoDeposit(one -> one);
    }

    @Test
    void anIdentityIsLookedUpWithTheCertificateOfTheEstablishment(Socles socles, Insi insi) throws Exception {
        SSLContext tls = authorities.sslContext(authorities.issue("insi-auto", one -> one.structure(structure())));
        InsiClient client = new InsiClient(socles.mutual(insi.endpoint()), site, tls);
        assertEquals(Optional.of(new InsiClient.Identity(person.ins().value(), person.ins().oid())),
                client.find(patient.traits()));
    }

    @Test
    @SoclesTest(failOn = Severity.NEVER) // wrong on purpose
    void aCertificateThatWasRevokedIsRefused(Socles socles, Insi insi) throws Exception {
        Certificate certificate = authorities.issue("insi-auto", one -> one.structure(structure()));
        URI lps = socles.mutual(insi.endpoint());
        assertTrue(new InsiClient(lps, site, authorities.sslContext(certificate)).find(patient.traits()).isPresent());
        authorities.revoke(certificate);
        assertFalse(new InsiClient(lps, site, authorities.sslContext(certificate)).find(patient.traits()).isPresent());
        insi.expectCall("siram_100/desir_560");
    }

    @Test
    void whoDoesNotTrustTheSandboxGetsNoConnection(Socles socles, Insi insi) throws Exception {
        InsiClient client = new InsiClient(socles.tls(insi.endpoint()), site);
        assertThrows(IOException.class, () -> client.find(patient.traits()));
    }
}
