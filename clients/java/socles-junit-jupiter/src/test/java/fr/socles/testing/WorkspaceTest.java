package fr.socles.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkspaceTest extends KitTest {
    private static final String FAULTS = "/_sandbox/faults";

    private String last() {
        return fake.asked().get(fake.asked().size() - 1);
    }

    @Test
    void itIsMadeWithALifeSpanAndDeleted() {
        assertEquals(List.of("POST /_sandbox/workspaces {\"strictness\":\"official\",\"ttlSeconds\":3600}"), fake.asked());
        assertEquals(FakeApi.WORKSPACE, socles.workspace());
        socles.close();
        assertEquals("DELETE /_sandbox/workspaces/" + FakeApi.WORKSPACE, last());
    }

    @Test
    void aSnapshotIsWhatAnotherWorkspaceBeginsWith() {
        fake.on("POST /_sandbox/workspaces/" + FakeApi.WORKSPACE + "/snapshots", 201, "{}");
        String kept = socles.snapshot("base");
        assertTrue(last().endsWith("/snapshots {\"name\":\"base\"}"), last());
        Socles.open(fake, WorkspaceOptions.DEFAULT.seededFrom(kept));
        assertEquals("POST /_sandbox/workspaces {\"strictness\":\"official\",\"ttlSeconds\":3600,\"seedFrom\":\""
                + FakeApi.WORKSPACE + "/base\"}", last());
    }

    @Test
    void addressesLieBelowTheWorkspace() {
        String base = fake.url() + "w/" + FakeApi.WORKSPACE;
        assertEquals(base, socles.url().toString());
        assertEquals(base + "/lps", socles.insi().endpoint().toString());
        assertEquals(base + "/si-dmp-server/v2/services/repository", socles.dmp().repository().toString());
        assertEquals(base + "/si-dmp-server/v2/services/registry", socles.dmp().registry().toString());
    }

    @Test
    void aFaultIsInForceAtOnceAndRefinedUnderItsId() {
        fake.within("POST", FAULTS, "{}");
        Injection busy = socles.inject("dmp.repository-busy");
        String first = last();
        busy.times(2).match("typeCode", "11490-*").match("title", "*").nth(3);
        assertTrue(first.endsWith(" {\"fault\":\"dmp.repository-busy\",\"id\":\"" + busy.id() + "\"}"), first);
        assertTrue(last().endsWith(" {\"fault\":\"dmp.repository-busy\",\"times\":2,\"match\":{\"typeCode\":\"11490-*\","
                + "\"title\":\"*\"},\"nth\":3,\"id\":\"" + busy.id() + "\"}"), last());
        assertNotEquals(busy.id(), socles.inject(Fault.cut()).id());
    }

    @Test
    void rulesOfOnesOwnAreWrittenAsTheApiTakesThem() {
        assertEquals("{effect=latency, latencyMs=800, latencyP99Ms=4000, operation=iti18}",
                Fault.latency(Duration.ofMillis(800), Duration.ofSeconds(4)).operation("iti18").toString());
        assertEquals("{effect=cut-answer, point=before-answer, share=0.5}", Fault.cutAnswer(0.5).toString());
        assertEquals("{effect=truncate, point=before-answer, share=0.9}", Fault.truncate(0.9).toString());
        assertEquals("{effect=drip, point=before-answer, bytesPerSecond=100}", Fault.drip(100).toString());
        assertEquals("{effect=stale, service=dmp_sim, operation=iti18, seconds=60.0}",
                Fault.stale("iti18", Duration.ofMinutes(1)).toString());
        assertEquals("{effect=delay-event, seconds=1.5}", Fault.delayEvent(Duration.ofMillis(1500)).toString());
        assertEquals("{effect=refuse, code=452, reason=Plein, probability=0.1, point=before-commit}",
                Fault.refuse("452").reason("Plein").probability(0.1).at(FaultPoint.BEFORE_COMMIT).toString());
        assertEquals("{effect=overload}", Fault.overload().toString());
    }

    @Test
    void theCatalogueIsListedForAService() {
        fake.within("GET", FAULTS + "/catalogue", "[{'id': 'dmp.repository-busy', 'service': 'dmp_sim', 'operations': ['iti41'],"
                + " 'effect': 'refuse', 'code': 'XDSRepositoryBusy', 'clientEn': 'Try again.'}, {'id': 'any.cut', 'effect': 'cut'}]");
        List<CatalogueEntry> found = socles.faults().catalogue("dmp_sim");
        assertTrue(last().endsWith("?service=dmp_sim"), last());
        assertEquals("Try again.", found.get(0).clientEn());
        assertEquals(List.of(), found.get(1).operations());
    }

    @Test
    void aProfileIsAskedForByName() {
        fake.within("POST", FAULTS + "/profile", "[]");
        socles.faults().profile("slow-monday");
        assertTrue(last().endsWith("/faults/profile {\"profile\":\"slow-monday\"}"), last());
    }

    @Test
    void aFaultTellsHowOftenItHappened() {
        fake.within("POST", FAULTS, "{}");
        Injection cut = socles.inject(Fault.cut());
        fake.within("GET", FAULTS, "[{'id': 'other', 'fired': 9}, {'id': '" + cut.id() + "', 'effect': 'cut', 'seen': 5, 'fired': 2}]");
        assertEquals(2, cut.fired());
        assertEquals(5, cut.seen());
        cut.expectFired(2);
        for (int wrong : new int[] {1, 3}) {
            SoclesAssertionError error = assertThrows(SoclesAssertionError.class, () -> cut.expectFired(wrong));
            assertTrue(error.getMessage().contains("survenue / fired : 2, appels / calls : 5"), error.getMessage());
        }
        fake.within("DELETE", FAULTS + "/" + cut.id(), "");
        cut.close();
        assertTrue(last().startsWith("DELETE "));
    }

    @Test
    void findingsFailWhereTheyAreSevereEnoughAndNotAllowed() {
        refuseADeposit();
        socles.expectNoFindings(Severity.NEVER);
        socles.expectNoFindings(Severity.ERROR);
        SoclesAssertionError error =
                assertThrows(SoclesAssertionError.class, () -> socles.expectNoFindings(Severity.WARNING));
        assertTrue(error.getMessage().contains("remède / remedy : Ajouter custodian."), error.getMessage());
        socles.allow("dmp.cda.custodian");
        socles.expectNoFindings(Severity.INFO);
    }

    @Test
    void theClockIsMovedInSeconds() {
        fake.within("POST", "/_sandbox/clock/advance", "{'now': '2026-11-30T10:00:00.5Z', 'frozen': false}");
        assertEquals(Instant.parse("2026-11-30T10:00:00.5Z"), socles.clock().advance(Duration.ofHours(-1)));
        assertTrue(last().endsWith(" {\"by\":-3600.0}"), last());
        fake.within("POST", "/_sandbox/clock/freeze", "{'now': '2026-03-29T00:59:00Z', 'frozen': true}");
        socles.clock().freeze(Instant.parse("2026-03-29T00:59:00Z"));
        assertTrue(last().endsWith(" {\"at\":\"2026-03-29T00:59:00Z\"}"), last());
    }

    @Test
    void aPatientIsAddedWithANumberOfItsOwn() {
        String path = "/_sandbox/population";
        fake.within("POST", path, "{}").within("GET", path + "/persons", "[{'id': 'java-1', 'birthName': 'LEROY-TEST',"
                + " 'givenNames': ['ANNE'], 'sex': 'F', 'birthDate': '1984-05-02', 'birthPlace': '2A004',"
                + " 'ins': {'matricule': '284052A004001', 'key': '11', 'oid': '1.2.250.1.213.1.4.10'}, 'dmp': 'open'}]");
        Person person = socles.population().patient(
                one -> one.birthName("LEROY-TEST").birthDate(LocalDate.of(1984, 5, 2)).birthPlace("2A004"));
        assertEquals(person.ins().value() + "@patient.mssante.fr", person.mailbox());
        String added = fake.asked().get(fake.asked().size() - 2);
        assertTrue(added.contains("\"matricule\":\"284052A004001\"") && added.contains("\"birthDate\":\"1984-05-02\""), added);
    }

    @Test
    void keysAreThoseOfPublishedNumbers() {
        assertEquals("74", Ins.key("2751263220749")); // ADRUN, published test identity
        assertEquals("89", Ins.key("2790351215189")); // PAT-TROIS
        assertEquals("53", Ins.key("284052A004901")); // Corse-du-Sud, as the product counts
    }
}
