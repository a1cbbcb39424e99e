package fr.socles.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitsTest extends KitTest {
    private static final String DOCUMENTS = "/_sandbox/dmp_sim/documents";
    private static final String DOCUMENT = "{'uniqueId': '1.2', 'chain': 'urn:uuid:c', 'revision': 1, 'title': 'Lettre de liaison',"
            + " 'typeCode': '11490-0', 'size': 9, 'exchangeId': 'x1', 'registeredAt': '2026-11-30T10:00:00Z'";

    private void depositALetter() {
        fake.within("GET", DOCUMENTS, "[]").within("GET", DOCUMENTS, "[" + DOCUMENT + "}]")
                .within("GET", DOCUMENTS + "/1.2", DOCUMENT + ", 'metadata': {'patient_id': '279035121518989^^^&1.2&ISO^NH'}}")
                .within("GET", DOCUMENTS + "/1.2/raw", "<cda/>");
    }

    @Test
    void aDepositIsWaitedForAndGivenWithItsMetadata() {
        depositALetter();
        Document found = socles.dmp().expectDeposit(
                one -> one.typeCode("11490-0").title("LIAISON").patient("279035121518989").revision(1), Duration.ofSeconds(5));
        assertEquals("1.2", found.uniqueId());
        assertEquals("279035121518989^^^&1.2&ISO^NH", found.metadata().get("patient_id"));
        assertArrayEquals("<cda/>".getBytes(StandardCharsets.UTF_8), socles.dmp().content("1.2"));
        assertEquals(1, fake.asked().stream().filter(one -> one.endsWith("/documents/1.2")).count());
    }

    @Test
    void aMissingDepositShowsTheNearestOneAndWhatWasRefused() {
        depositALetter();
        refuseADeposit();
        SoclesAssertionError error =
                assertThrows(SoclesAssertionError.class, () -> socles.dmp().expectDeposit(one -> one.typeCode("34112-3")));
        String link = socles.url() + "/_sandbox/exchanges/x1";
        assertEquals("Aucun dépôt attendu en 0.06 s / no such deposit\n"
                + "  attendu / expected : typeCode = 34112-3\n"
                + "  vus / seen : 1\n"
                + "    Lettre de liaison 1.2 : typeCode = 34112-3 (reçu / found : 11490-0)\n"
                + "  espace / workspace : " + socles.url() + "\n"
                + "  échanges / exchanges dmp_sim : 1\n"
                + "    ✗ 2026-11-30T10:00:00.123456Z dmp_sim iti41 : refused XDSRepositoryError (200)\n"
                + "      " + link + "\n"
                + "      - dmp.cda.custodian (warning) : Un gardien / A custodian\n"
                + "          où / where : /ClinicalDocument, ligne / line 12, partie / part <a@b>\n"
                + "          attendu / expected : custodian\n"
                + "          reçu / found : (absent)\n"
                + "          remède / remedy : Ajouter custodian.\n"
                + "          source : CI-SIS 1.16", error.getMessage());
        assertEquals(link, error.exchanges().get(0).link().toString());
    }

    @Test
    void anUnwantedDepositIsShown() {
        depositALetter();
        refuseADeposit();
        socles.dmp().expectNoDeposit(one -> one.typeCode("11490-0")); // not yet there
        SoclesAssertionError error = assertThrows(
                SoclesAssertionError.class, () -> socles.dmp().expectNoDeposit(one -> one.typeCode("11490-0")));
        assertTrue(error.getMessage().startsWith("Dépôt inattendu / unexpected deposit : Lettre de liaison 1.2"));
        socles.dmp().expectNoDeposit(one -> one.submissionSet("9"));
    }

    @Test
    void aRefusalIsGivenWithItsFindings() {
        refuseADeposit();
        Exchange refusal = socles.dmp().expectRefusal("XDSRepositoryError");
        assertEquals("dmp.cda.custodian", refusal.findings().get(0).rule());
        assertThrows(SoclesAssertionError.class, () -> socles.dmp().expectRefusal("XDSRepositoryBusy"));
        assertThrows(SoclesAssertionError.class, () -> socles.insi().expectCall("00"));
    }

    @Test
    void aMailIsWaitedForAndGivenInFull() {
        String mail = "{'ref': 'r1', 'kind': 'mail', 'exchangeId': 'x1', 'mailFrom': 'a@b.fr', 'subject': 'Votre sortie',"
                + " 'recipients': [{'address': 'c@d.fr', 'citizen': false, 'state': 'delivered', 'rule': null}], 'size': 9,"
                + " 'acceptedAt': '2026-11-30T10:00:00Z'";
        fake.within("GET", "/_sandbox/mss_sim/messages", "{'messages': []}")
                .within("GET", "/_sandbox/mss_sim/messages", "{'messages': [" + mail + "}]}")
                .within("GET", "/_sandbox/mss_sim/messages/r1", mail + ", 'headers': [['X-MSS-NIL', '1']], 'parts':"
                        + " [{'number': '1', 'contentType': 'text/plain', 'encodedSize': 3}], 'archives': [], 'findings': []}")
                .within("GET", "/_sandbox/mss_sim/messages/r1/parts/1", "abc");
        refuseADeposit();
        Mail found = socles.mss().waitForMail("C@d.fr", Duration.ofSeconds(5));
        assertEquals(List.of("X-MSS-NIL", "1"), found.headers().get(0));
        assertEquals("abc", new String(socles.mss().part("r1", "1"), StandardCharsets.UTF_8));
        assertEquals("r1", socles.mss().waitForMail(one -> one.from("a@b.fr").subject("sortie")).ref());
        assertThrows(SoclesAssertionError.class, () -> socles.mss().waitForMail(one -> one.messageId("<9@b.fr>")));
        assertThrows(SoclesAssertionError.class, () -> socles.mss().expectNoMail(one -> one.to("c@d.fr")));
        assertEquals(FakeApi.WORKSPACE + "/a@b.fr", socles.mss().login("a@b.fr"));
    }

    @Test
    void eventsAreReadPageByPageWhereTheServiceKeepsThem() {
        String event = "{'id': '%s', 'source': 's', 'type': 'fr.socles.dmp.document.registered.v1', 'topic': 't',"
                + " 'subject': '%s', 'time': '2026-11-30T10:00:00Z', 'sequence': null, 'partition': 3, 'position': 7,"
                + " 'data': {'typeCode': '11490-0', 'revision': 1, 'level': null, 'exchangeId': 'x9'}}";
        fake.within("GET", "/_sandbox/dmp_sim/events", "{'items': [" + event.formatted("e1", "c1") + "], 'next': 7}")
                .within("GET", "/_sandbox/dmp_sim/events", "{'items': [" + event.formatted("e2", "c2") + "], 'next': null}");
        Event found = socles.events().expect("fr.socles.dmp.document.registered.v1",
                one -> one.subject("c2").exchange("x9").data("/typeCode", "11490-0").data("/revision", 1L).data("/level", null));
        assertEquals("e2", found.id());
        assertTrue(fake.asked().stream().anyMatch(one -> one.contains("after=7")
                && one.contains("type=dmp.document.registered.v1")), () -> fake.asked().toString());
        fake.within("GET", "/_sandbox/metrics/events", "{'items': [], 'next': null}");
        assertThrows(SoclesAssertionError.class, () -> socles.events().expect("stay.discharged.v1", one -> one));
    }

    @Test
    void anIndicatorIsWaitedFor() {
        String answer = "{'total': {'cells': {'DMP-SORTIE': {'num': %d, 'den': 2, 'value': %s, 'measures': {'a': 1}}}}}";
        fake.within("GET", "/api/indicators", answer.formatted(0, "0.0")).within("GET", "/api/indicators", answer.formatted(1, "0.5"));
        IndicatorValue value = socles.indicators()
                .expect("DMP-SORTIE", "699050001", one -> one.num(1).den(2).value(0.5).atLeast(1), Duration.ofSeconds(5));
        assertEquals(1, value.measures().get("a"));
        SoclesAssertionError error = assertThrows(SoclesAssertionError.class,
                () -> socles.indicators().over("month").expect("DMP-SORTIE", null, one -> one.num(2)));
        assertTrue(error.getMessage().contains("num = 2 (reçu / found : 1)"), error.getMessage());
        assertTrue(error.getMessage().contains("/api/explain?indicator=DMP-SORTIE&window=month\n"), error.getMessage());
    }

    @Test
    void theJournalIsGivenAsAFile() {
        fake.within("GET", "/_sandbox/exchanges/report", "{'version': '2.1.0'}");
        String file = new String(socles.exchanges().report("sarif", Severity.WARNING), StandardCharsets.UTF_8);
        assertEquals("{\"version\": \"2.1.0\"}", file);
        assertTrue(fake.asked().get(fake.asked().size() - 1).endsWith("/report?format=sarif&failOn=warning"));
    }

    @Test
    void exchangesAreReadPageByPage() {
        String path = "GET /w/" + FakeApi.WORKSPACE + "/_sandbox/exchanges";
        fake.now(path, 200, "{'items': [" + REFUSED + "}], 'next': 42}").on(path, 200, "{'items': [" + REFUSED + "}], 'next': null}");
        assertEquals(2, socles.exchanges().all("dmp_sim").size());
        assertTrue(fake.asked().get(fake.asked().size() - 1).endsWith("?limit=500&service=dmp_sim&before=42"));
    }
}
