package fr.socles.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** MSSanté of the workspace: where to send, and what arrived. */
public final class Mss {
    private static final String PATH = "/_sandbox/mss_sim";
    private static final int MOST = 500;

    private final Api api;
    private final Exchanges journal;
    private final Duration timeout;
    private final String workspace;
    private final String host;
    private final int port;

    Mss(Api api, Exchanges journal, Duration timeout, String workspace, Address smtp) {
        this.api = api;
        this.journal = journal;
        this.timeout = timeout;
        this.workspace = workspace;
        this.host = smtp.host();
        this.port = smtp.port();
    }

    /**
     * The submission server; STARTTLS, AUTH PLAIN or LOGIN. Its certificate is of the sandbox's authorities.
     *
     * @return its host name
     */
    public String host() {
        return host;
    }

    /**
     * The submission port.
     *
     * @return its number
     */
    public int port() {
        return port;
    }

    /**
     * The login of a box: mail has no header for the workspace, so that the login carries it.
     *
     * @param address of the box
     * @return workspace, slash, address
     */
    public String login(String address) {
        return workspace + "/" + address;
    }

    /**
     * The password of the common population's boxes.
     *
     * @return {@code socles}
     */
    public String password() {
        return "socles";
    }

    /**
     * What was accepted, at most 500 messages.
     *
     * @return summaries, newest first
     */
    public List<Mail> mails() {
        return Api.list(api.get(PATH + "/messages", Map.of("limit", MOST)).path("messages"), Mail.class);
    }

    /**
     * One message in full.
     *
     * @param ref as the 250 reply or a list names it
     * @return headers, parts, archives and check report
     * @throws SoclesApiException 404 when there is none
     */
    public Mail mail(String ref) {
        return api.get(Mail.class, path(ref), Map.of());
    }

    /**
     * The bytes of a message.
     *
     * @param ref of the message
     * @return as they came, dot-stuffing undone
     */
    public byte[] raw(String ref) {
        return api.bytes(path(ref) + "/raw");
    }

    /**
     * The content of one part.
     *
     * @param ref of the message
     * @param number of the part
     * @return its transfer encoding undone
     */
    public byte[] part(String ref, String number) {
        return api.bytes(path(ref) + "/parts/" + Api.segment(number));
    }

    /**
     * Waits for a mail in a box.
     *
     * @param to the box
     * @param limit for how long
     * @return the newest mail there, in full
     * @throws SoclesAssertionError when there is none in time
     */
    public Mail waitForMail(String to, Duration limit) {
        return waitForMail(one -> one.to(to), limit);
    }

    /**
     * Waits for a mail, for as long as the settings say.
     *
     * @param criteria what it must be
     * @return the newest match, in full
     * @throws SoclesAssertionError when there is none in time
     */
    public Mail waitForMail(UnaryOperator<MailCriteria> criteria) {
        return waitForMail(criteria, timeout);
    }

    /**
     * Waits for a mail.
     *
     * @param criteria what it must be
     * @param limit for how long
     * @return the newest match, in full
     * @throws SoclesAssertionError when there is none in time; it shows what was refused, and why
     */
    public Mail waitForMail(UnaryOperator<MailCriteria> criteria, Duration limit) {
        MailCriteria wanted = criteria.apply(new MailCriteria());
        return Wait.until(limit, () -> mails().stream().filter(wanted::accept).findFirst())
                .map(one -> mail(one.ref()))
                .orElseThrow(() -> new Report("Aucun message attendu en " + Wait.text(limit) + " / no such mail")
                        .expected(wanted, mails(), one -> one.subject() + " " + one.ref())
                        .exchanges(journal, "mss_sim")
                        .error());
    }

    /**
     * Checks, now, that no such mail was accepted.
     *
     * @param criteria what must not be there
     * @throws SoclesAssertionError when there is one
     */
    public void expectNoMail(UnaryOperator<MailCriteria> criteria) {
        MailCriteria unwanted = criteria.apply(new MailCriteria());
        mails().stream().filter(unwanted::accept).findFirst().ifPresent(one -> {
            throw new Report("Message inattendu / unexpected mail : " + one.subject() + " " + one.ref())
                    .line("exclu / excluded", unwanted)
                    .exchange(journal.get(one.exchangeId()))
                    .error();
        });
    }

    private static String path(String ref) {
        return PATH + "/messages/" + Api.segment(ref);
    }
}
