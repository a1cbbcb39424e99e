package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import fr.socles.testing.server.Server;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One workspace: its services, faults, clock, people and journal. Usable without JUnit: {@link #open}, then close. */
public final class Socles implements AutoCloseable {
    private static final String WORKSPACES = "/_sandbox/workspaces";

    private final Api installation;
    private final Api api;
    private final String workspace;
    private final Exchanges exchanges;
    private final Dmp dmp;
    private final Mss mss;
    private final Insi insi;
    private final Indicators indicators;
    private final Events events;
    private final Faults faults;
    private final WorkspaceClock clock;
    private final Population population;
    private final Signing signing;
    private final Certificates certificates;
    private final Server server;
    private final Set<String> allowed = new TreeSet<>();

    private Socles(Api installation, String workspace, Server server, Duration timeout) {
        this.installation = installation;
        this.workspace = workspace;
        api = installation.under("/w/" + workspace);
        exchanges = new Exchanges(api, timeout);
        dmp = new Dmp(api, exchanges, timeout);
        mss = new Mss(api, exchanges, timeout, workspace, server.smtp());
        insi = new Insi(api, exchanges, timeout);
        indicators = new Indicators(api, exchanges, timeout);
        events = new Events(api, exchanges, timeout);
        faults = new Faults(api, exchanges, timeout);
        clock = new WorkspaceClock(api);
        population = new Population(api);
        signing = new Signing(api, installation, workspace);
        certificates = new Certificates(api);
        this.server = server;
    }

    /**
     * Makes a workspace of its own, with a generated name.
     *
     * @param server where
     * @param wanted what it is made from
     * @return the workspace
     */
    public static Socles open(Server server, WorkspaceOptions wanted) {
        Api installation = new Api(server.url());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("strictness", wanted.strictness());
        body.put("ttlSeconds", wanted.ttl().toSeconds());
        if (wanted.seedFrom() != null) {
            body.put("seedFrom", wanted.seedFrom());
        }
        JsonNode made = installation.post(WORKSPACES, body);
        return new Socles(installation, made.path("name").asText(), server, wanted.timeout());
    }

    /** Deletes the workspace; its data become invisible for ever. */
    @Override
    public void close() {
        installation.delete(WORKSPACES + "/" + workspace);
    }

    /** {@return the name, a DNS label; for the header {@code X-Socles-Workspace} where an address cannot carry it} */
    public String workspace() {
        return workspace;
    }

    /**
     * The address of the workspace.
     *
     * @return {@code http://…/w/{workspace}}; the services' own paths follow
     */
    public URI url() {
        return URI.create(api.base());
    }

    /** {@return the DMP of this workspace} */
    public Dmp dmp() {
        return dmp;
    }

    /** {@return MSSanté of this workspace} */
    public Mss mss() {
        return mss;
    }

    /** {@return INSi of this workspace} */
    public Insi insi() {
        return insi;
    }

    /** {@return the indicators of this workspace} */
    public Indicators indicators() {
        return indicators;
    }

    /** {@return the events of this workspace} */
    public Events events() {
        return events;
    }

    /** {@return the journal of this workspace} */
    public Exchanges exchanges() {
        return exchanges;
    }

    /** {@return the clock of this workspace} */
    public WorkspaceClock clock() {
        return clock;
    }

    /** {@return people and places as this workspace sees them} */
    public Population population() {
        return population;
    }

    /** {@return the signer of assertions and lots, at this workspace's clock} */
    public Signing sign() {
        return signing;
    }

    /** {@return the sandbox's authorities} */
    public Certificates certificates() {
        return certificates;
    }

    /**
     * An address of this workspace over TLS: {@code socles.tls(insi.endpoint())}.
     *
     * @param endpoint below {@link #url()}
     * @return the same service, {@code https}
     * @throws IllegalStateException where the server serves no TLS, or its address is not known ({@code socles.tls})
     */
    public URI tls(URI endpoint) {
        return secure(endpoint, server.tls(), "socles.tls");
    }

    /**
     * An address of this workspace over TLS that asks for the client's certificate.
     *
     * @param endpoint below {@link #url()}
     * @return the same service, {@code https}
     * @throws IllegalStateException where the server serves none, or its address is not known ({@code socles.mutual})
     */
    public URI mutual(URI endpoint) {
        return secure(endpoint, server.mutual(), "socles.mutual");
    }

    private URI secure(URI endpoint, Optional<URI> base, String setting) {
        URI found = base.orElseThrow(() -> new IllegalStateException(
                "Pas de TLS connu ici : donnez " + setting + ". / No TLS known here: set " + setting + "."));
        return URI.create(found.toString().replaceAll("/+$", "") + "/w/" + workspace
                + endpoint.toString().substring(api.base().length()));
    }

    /** {@return this workspace's faults: the catalogue, profiles, the rules in force} */
    public Faults faults() {
        return faults;
    }

    /**
     * Injects a fault of the catalogue, at once and on every matching call until it is refined.
     *
     * @param id such as {@code dmp.repository-busy}
     * @return the fault in force
     */
    public Injection inject(String id) {
        return faults.inject(Fault.named(id));
    }

    /**
     * Injects a fault, at once.
     *
     * @param fault which
     * @return the fault in force
     */
    public Injection inject(Fault fault) {
        return faults.inject(fault);
    }

    /**
     * Keeps the workspace as it is under a name: other workspaces may begin with it.
     *
     * @param name letters, digits, dots, dashes
     * @return what {@code seedFrom} takes
     */
    public String snapshot(String name) {
        installation.post(WORKSPACES + "/" + workspace + "/snapshots", Map.of("name", name));
        return workspace + "/" + name;
    }

    /** Empties the workspace: no data, no faults, real time. Options and people added stay. */
    public void reset() {
        api.post("/_sandbox/reset", null);
    }

    /**
     * Lets a test break a rule on purpose: {@link #expectNoFindings} does not count it.
     *
     * @param rules ids of rules
     */
    public void allow(String... rules) {
        allowed.addAll(List.of(rules));
    }

    /**
     * Checks every exchange of the workspace.
     *
     * @param failOn the least severity that is a failure
     * @throws SoclesAssertionError when there are findings; it shows them
     */
    public void expectNoFindings(Severity failOn) {
        List<Exchange> wrong = exchanges.all().stream()
                .filter(one -> one.rules().stream().anyMatch(rule -> !allowed.contains(rule)))
                .map(one -> exchanges.get(one.id()))
                .filter(one -> one.findings().stream()
                        .anyMatch(found -> found.reaches(failOn) && !allowed.contains(found.rule())))
                .toList();
        if (!wrong.isEmpty()) {
            Report report = new Report("Échanges non conformes (" + failOn.wire() + " ou plus) / exchanges with findings")
                    .line("espace / workspace", api.base());
            wrong.forEach(report::exchange);
            throw report.error();
        }
    }

    /** {@return what went over the wire, in a few lines, those with something wrong first} */
    public String describe() {
        return new Report("Socles").exchanges(exchanges, null).toString();
    }
}
