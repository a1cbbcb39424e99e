package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The DMP of the workspace. */
public final class Dmp {
    private static final String PATH = "/_sandbox/dmp_sim/documents";
    private static final int MOST = 1000;

    private final Api api;
    private final Exchanges journal;
    private final Duration timeout;
    /** Metadata by uniqueId: they never change, and a wait would ask for them again and again. */
    private final Map<String, Map<String, Object>> metadata = new ConcurrentHashMap<>();

    Dmp(Api api, Exchanges journal, Duration timeout) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
    }

    /**
     * Where deposits (ITI-41) and retrievals (ITI-43) go.
     *
     * @return the address to configure in the software under test
     */
    public URI repository() {
        return URI.create(api.base() + "/si-dmp-server/v2/services/repository");
    }

    /**
     * Where queries (ITI-18) go.
     *
     * @return the address to configure in the software under test
     */
    public URI registry() {
        return URI.create(api.base() + "/si-dmp-server/v2/services/registry");
    }

    /**
     * The documents, at most 1000, with their metadata.
     *
     * @return newest first
     */
    public List<Document> documents() {
        return api.list(Document.class, PATH, Map.of("limit", MOST)).stream()
                .map(one -> one.with(metadata.computeIfAbsent(one.uniqueId(), id -> document(id).metadata())))
                .toList();
    }

    /**
     * One document with its metadata.
     *
     * @param uniqueId its identifier
     * @return the document
     * @throws SoclesApiException 404 when there is none
     */
    public Document document(String uniqueId) {
        JsonNode found = api.get(PATH + "/" + Api.segment(uniqueId), Map.of());
        return Api.read(found, Document.class);
    }

    /**
     * The bytes of a document.
     *
     * @param uniqueId its identifier
     * @return as deposited
     */
    public byte[] content(String uniqueId) {
        return api.bytes(PATH + "/" + Api.segment(uniqueId) + "/raw");
    }

    /**
     * Waits for a deposit, for as long as the settings say.
     *
     * @param criteria what it must be
     * @return the newest match
     * @throws SoclesAssertionError when there is none in time; it shows what the DMP refused, and why
     */
    public Document expectDeposit(UnaryOperator<DepositCriteria> criteria) {
        return expectDeposit(criteria, timeout);
    }

    /**
     * Waits for a deposit.
     *
     * @param criteria what it must be
     * @param limit for how long
     * @return the newest match
     * @throws SoclesAssertionError when there is none in time; it shows what the DMP refused, and why
     */
    public Document expectDeposit(UnaryOperator<DepositCriteria> criteria, Duration limit) {
        DepositCriteria wanted = criteria.apply(new DepositCriteria());
        return Wait.until(limit, () -> documents().stream().filter(wanted::accept).findFirst())
                .orElseThrow(() -> new Report("Aucun dépôt attendu en " + Wait.text(limit) + " / no such deposit")
                        .expected(wanted, documents(), one -> one.title() + " " + one.uniqueId())
                        .exchanges(journal, "dmp_sim")
                        .error());
    }

    /**
     * Checks, now, that no such document was deposited.
     *
     * @param criteria what must not be there
     * @throws SoclesAssertionError when there is one
     */
    public void expectNoDeposit(UnaryOperator<DepositCriteria> criteria) {
        DepositCriteria unwanted = criteria.apply(new DepositCriteria());
        documents().stream().filter(unwanted::accept).findFirst().ifPresent(one -> {
            throw new Report("Dépôt inattendu / unexpected deposit : " + one.title() + " " + one.uniqueId())
                    .line("exclu / excluded", unwanted)
                    .exchange(journal.get(one.exchangeId()))
                    .error();
        });
    }

    /**
     * Waits for a refusal with this code.
     *
     * @param code such as {@code XDSDuplicateUniqueIdInRegistry}
     * @return the exchange with its findings
     * @throws SoclesAssertionError when there is none in time
     */
    public Exchange expectRefusal(String code) {
        return journal.expect(one -> one.service("dmp_sim").code(code));
    }
}
