package fr.socles.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiTest extends KitTest {
    @Test
    void aRefusalTellsCodeMessagesAndDetails() {
        fake.on("POST /a", 422, "{'error': {'code': 'request.invalid', 'messageFr': 'Non.', 'message': 'No.',"
                + " 'details': [{'where': 'body/effect', 'message': 'Field required'}]}}");
        SoclesApiException refused =
                assertThrows(SoclesApiException.class, () -> new Api(fake.url()).post("/a", Map.of("b", 1)));
        assertEquals(422, refused.status());
        assertEquals("request.invalid", refused.code());
        assertTrue(refused.getMessage().endsWith("/a : Non. / No.; body/effect: Field required"), refused.getMessage());
    }

    @Test
    void aRefusalThatIsNoJsonIsShownAsItIs() {
        fake.on("GET /a", 502, "<html>Bad gateway</html>");
        SoclesApiException refused =
                assertThrows(SoclesApiException.class, () -> new Api(fake.url()).get("/a", Map.of()));
        assertEquals("", refused.code());
        assertTrue(refused.getMessage().contains("<html>Bad gateway</html>"), refused.getMessage());
    }

    @Test
    void whatIsNotThereCanBeLookedFor() {
        fake.on("GET /there", 200, "{}").on("GET /broken", 500, "");
        Api api = new Api(fake.url());
        assertTrue(api.find("/there", Map.of()).isPresent());
        assertFalse(api.find("/nowhere", Map.of()).isPresent());
        assertEquals(500, assertThrows(SoclesApiException.class, () -> api.find("/broken", Map.of())).status());
    }

    @Test
    void namesAndValuesAreEncoded() {
        fake.on("GET /a", 200, "{}");
        new Api(fake.url()).get("/a", Map.of("q", "é & à+b"));
        assertEquals("GET /a?q=%C3%A9+%26+%C3%A0%2Bb", fake.asked().get(fake.asked().size() - 1));
        assertEquals("a%2Fb%20c", Api.segment("a/b c"));
    }

    @Test
    void nobodyThereIsSaidWithTheAddress() {
        URI url = fake.url();
        fake.close();
        UncheckedIOException away = assertThrows(UncheckedIOException.class, () -> new Api(url).get("/a", Map.of()));
        assertTrue(away.getMessage().contains(url + "a"), away.getMessage());
    }

    @Test
    void anAnswerThatIsNoJsonIsAnError() {
        fake.on("GET /a", 200, "Bonjour");
        assertThrows(UncheckedIOException.class, () -> new Api(fake.url()).get("/a", Map.of()));
    }
}
