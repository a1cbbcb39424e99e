package fr.socles.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SigningTest extends KitTest {
    private static final String SIGN = "/_sandbox/sign";

    private String last() {
        return fake.asked().get(fake.asked().size() - 1);
    }

    @Test
    void aVihfIsOrderedInTheWordsOfTheApi() {
        fake.within("POST", SIGN + "/vihf", "<wsse:Security/>");
        String header = socles.sign().vihf(one -> one.structure("1699050001").patient(new Ins("2790351215189", "89", "1.2.250.1.213.1.4.10"))
                .professional("899900000010", "EXEMPLE CAMILLE").role("10", null).attribute("LPS_Nom", "DPI").without("LPS_Version")
                .issuedAt(Instant.parse("2026-11-30T10:00:00Z")).validFor(Duration.ofMinutes(5)).flaw("wrapped"));
        assertEquals("<wsse:Security/>", header);
        assertTrue(last().endsWith(" {\"structure\":\"1699050001\",\"patient\":\"279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH\","
                + "\"nameId\":\"899900000010\",\"subjectId\":\"EXEMPLE CAMILLE\",\"profession\":\"10\",\"speciality\":null,"
                + "\"issuedAt\":\"2026-11-30T10:00:00Z\",\"validSeconds\":300.0,\"flaw\":\"wrapped\","
                + "\"attributes\":{\"LPS_Nom\":\"DPI\",\"LPS_Version\":null}}"), last());
    }

    @Test
    void insisAssertionAndALotToo() {
        fake.within("POST", SIGN + "/assertion", "<a/>").within("POST", SIGN + "/lot", "<lot/>");
        socles.sign().assertion(one -> one.nationalId("899900000010").vitale("insi-01"));
        assertTrue(last().endsWith(" {\"nationalId\":\"899900000010\",\"vitale\":\"insi-01\"}"), last());
        socles.sign().assertion(AssertionOrder::proSanteConnect);
        assertTrue(last().endsWith(" {\"source\":\"PSC\"}"), last());
        byte[] made = socles.sign().lot("2.25.1", one -> one.card("899900000010").document("2.25.2", new byte[] {1, 2, 3}));
        assertEquals("<lot/>", new String(made, StandardCharsets.UTF_8));
        assertTrue(last().endsWith(" {\"setId\":\"2.25.1\",\"card\":\"899900000010\",\"documents\":[{\"uniqueId\":\"2.25.2\","
                + "\"content\":\"AQID\"}]}")
                || last().endsWith(" {\"setId\":\"2.25.1\",\"card\":\"899900000010\",\"documents\":[{\"content\":\"AQID\","
                        + "\"uniqueId\":\"2.25.2\"}]}"), last());
    }

    @Test
    void flawsAreListedWithTheRuleThatTheyBreak() {
        fake.within("GET", SIGN + "/flaws", "[{'name': 'wrapped', 'breaks': 'assertion.reference'}]");
        assertEquals(Map.of("wrapped", "assertion.reference"), socles.sign().flaws());
    }

    @Test
    void aFlawThatNobodyKnowsIsSaid() {
        fake.on("POST /w/" + FakeApi.WORKSPACE + SIGN + "/vihf", 404,
                "{'error': {'code': 'sign.flaw', 'messageFr': 'Inconnu.', 'message': 'Unknown.'}}");
        SoclesApiException error = assertThrows(SoclesApiException.class, () -> socles.sign().vihf(one -> one.flaw("x")));
        assertEquals("sign.flaw", error.code());
    }

    @Test
    void otherOptionsOfTheWorkspaceStay() {
        String path = "/_sandbox/workspaces/" + FakeApi.WORKSPACE;
        fake.on("GET " + path, 200, "{'options': {'psc.login': 'auto'}}").on("PATCH " + path, 200, "{}");
        socles.sign().verified("strict");
        assertTrue(last().endsWith(" {\"options\":{\"psc.login\":\"auto\",\"assertions\":\"strict\"}}"), last());
        socles.sign().lotsVerified("warn");
        assertTrue(last().endsWith(" {\"options\":{\"psc.login\":\"auto\",\"assertions.lots\":\"warn\"}}"), last());
    }

    @Test
    void withoutTlsTheSettingIsNamed() {
        IllegalStateException error =
                assertThrows(IllegalStateException.class, () -> socles.mutual(socles.insi().endpoint()));
        assertTrue(error.getMessage().contains("socles.mutual"), error.getMessage());
    }
}
