package fr.socles.testing.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import fr.socles.testing.Dmp;
import fr.socles.testing.Events;
import fr.socles.testing.Exchanges;
import fr.socles.testing.FakeApi;
import fr.socles.testing.Indicators;
import fr.socles.testing.Insi;
import fr.socles.testing.Mss;
import fr.socles.testing.Population;
import fr.socles.testing.Severity;
import fr.socles.testing.Socles;
import fr.socles.testing.SoclesAssertionError;
import fr.socles.testing.WorkspaceClock;
import fr.socles.testing.server.Server;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class SoclesExtensionTest {
    private static final String MADE = "POST /_sandbox/workspaces";
    private static final String DROPPED = "DELETE /_sandbox/workspaces/" + FakeApi.WORKSPACE;
    private static final String EXCHANGES = "GET /w/" + FakeApi.WORKSPACE + "/_sandbox/exchanges";
    private static final String EXCHANGE = "{'id': 'x1', 'service': 'dmp_sim', 'operation': 'iti41', 'outcome': 'accepted',"
            + " 'rules': ['dmp.a'], 'findings': [{'rule': 'dmp.a', 'severity': 'warning', 'titleFr': 'f', 'titleEn': 'e',"
            + " 'where': '/x', 'remedy': 'mend'}]}";

    private FakeApi fake;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeApi();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    private EngineExecutionResults run(DiscoverySelector selector, Map<String, String> more) {
        return EngineTestKit.engine("junit-jupiter").selectors(selector)
                .configurationParameter("socles.url", fake.url().toString())
                .configurationParameters(more)
                .execute();
    }

    private Throwable failure(DiscoverySelector selector, Map<String, String> more) {
        List<Event> failed = run(selector, more).allEvents().failed().list();
        assertEquals(1, failed.size());
        return failed.get(0).getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class).getThrowable().orElseThrow();
    }

    private long asked(String request) {
        return fake.asked().stream().filter(one -> one.startsWith(request)).count();
    }

    private void haveAFinding() {
        fake.now(EXCHANGES, 200, "{'items': [" + EXCHANGE + "], 'next': null}").on(EXCHANGES + "/x1", 200, EXCHANGE);
    }

    @SoclesTest
    static class Passing {
        @BeforeAll
        static void server(Server server) {
            assertEquals(2587, server.smtp().port());
        }

        @BeforeEach
        void before(Socles socles) {
            assertEquals(FakeApi.WORKSPACE, socles.workspace());
        }

        @Test
        void everything(Dmp dmp, Mss mss, Insi insi, Indicators indicators, Events events, Exchanges exchanges,
                WorkspaceClock clock, Population population) {
            assertTrue(exchanges.all().size() < 2);
        }

        @Test
        void nothing() {}

        @Test
        @SoclesTest(failOn = Severity.WARNING, strictness = "lenient")
        void strict() {}

        @Test
        @SoclesTest(failOn = Severity.WARNING, allow = "dmp.a")
        void allowing() {}

        @Test
        void failing() {
            fail("for another reason");
        }
    }

    @SoclesTest
    static class Misplaced {
        @BeforeAll
        static void early(Dmp dmp) {}

        @Test
        void test() {}
    }

    private static DiscoverySelector passing(String method) {
        String types = method.equals("everything")
                ? "(fr.socles.testing.Dmp, fr.socles.testing.Mss, fr.socles.testing.Insi, fr.socles.testing.Indicators,"
                        + " fr.socles.testing.Events, fr.socles.testing.Exchanges, fr.socles.testing.WorkspaceClock,"
                        + " fr.socles.testing.Population)"
                : "()";
        return selectMethod(Passing.class.getName() + "#" + method + types);
    }

    @Test
    void eachTestHasAWorkspace() {
        run(selectClass(Passing.class), Map.of("socles.keep", "never")).testEvents().assertStatistics(all -> all.started(5).succeeded(4));
        assertEquals(5, asked(MADE));
        assertEquals(5, asked(DROPPED));
        assertEquals(1, asked(MADE + " {\"strictness\":\"lenient\""));
    }

    @Test
    void findingsFailTheTestThatAsksForIt() {
        haveAFinding();
        run(passing("everything"), Map.of()).testEvents().assertStatistics(all -> all.succeeded(1));
        run(passing("allowing"), Map.of()).testEvents().assertStatistics(all -> all.succeeded(1));
        Throwable error = failure(passing("strict"), Map.of());
        assertEquals(SoclesAssertionError.class, error.getClass());
        assertTrue(error.getMessage().contains("remède / remedy : mend"), error.getMessage());
    }

    @Test
    void findingsFailAllTestsWhenTheSettingSaysSo() {
        haveAFinding();
        assertEquals(SoclesAssertionError.class, failure(passing("nothing"), Map.of("socles.fail-on", "warning")).getClass());
        run(passing("nothing"), Map.of("socles.fail-on", "error")).testEvents().assertStatistics(all -> all.succeeded(1));
    }

    @Test
    void aTestThatFailsForAnotherReasonShowsItsExchanges() {
        haveAFinding();
        Throwable error = failure(passing("failing"), Map.of());
        assertEquals("for another reason", error.getMessage());
        assertTrue(error.getSuppressed()[0].getMessage().contains("/_sandbox/exchanges/x1\n"), error.getSuppressed()[0].getMessage());
    }

    @Test
    void theWorkspaceOfAFailedTestStaysOnSomebodyElsesServer() {
        run(passing("failing"), Map.of());
        assertEquals(0, asked(DROPPED));
        run(passing("failing"), Map.of("socles.keep", "never"));
        assertEquals(1, asked(DROPPED));
    }

    @Test
    void partsOfAWorkspaceBelongToATest() {
        Throwable error = failure(selectClass(Misplaced.class), Map.of());
        assertEquals(ParameterResolutionException.class, error.getClass());
        assertTrue(error.getMessage().contains("Dmp belongs to one test"), error.getMessage());
    }

    @Test
    void aServerThatCannotBeFoundFailsTheTestAndNoMore() {
        Throwable error = failure(passing("nothing"), Map.of("socles.url", "", "socles.command", "/nowhere/socles"));
        assertTrue(error.getMessage().contains("/nowhere/socles"), error.getMessage());
    }
}
