package fr.socles.testing;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** INSi of the workspace. */
public final class Insi {
    private static final String SERVICE = "ins_sim";

    private final Api api;
    private final Exchanges journal;
    private final Duration timeout;

    Insi(Api api, Exchanges journal, Duration timeout) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
    }

    /**
     * Where calls (WS_INS2) go.
     *
     * @return the address to configure in the software under test
     */
    public URI endpoint() {
        return URI.create(api.base() + "/lps");
    }

    /**
     * The calls so far.
     *
     * @return summaries, newest first
     */
    public List<Exchange> calls() {
        return journal.all(SERVICE);
    }

    /**
     * Waits for a call answered with this code, for as long as the settings say.
     *
     * @param code {@code 00}, {@code 01}, {@code 02} or a fault's, such as {@code siram_40/insi_102}
     * @return the newest such call, with its findings
     * @throws SoclesAssertionError when there is none in time
     */
    public Exchange expectCall(String code) {
        return expectCall(one -> one.code(code), timeout);
    }

    /**
     * Waits for a call.
     *
     * @param criteria what it must be
     * @param limit for how long
     * @return the newest such call, with its findings
     * @throws SoclesAssertionError when there is none in time
     */
    public Exchange expectCall(UnaryOperator<ExchangeCriteria> criteria, Duration limit) {
        return journal.expect(one -> criteria.apply(one.service(SERVICE)), limit);
    }
}
