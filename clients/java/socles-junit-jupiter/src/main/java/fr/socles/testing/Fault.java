package fr.socles.testing;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A fault to inject: an entry of the catalogue ({@link #named}) or a rule of your own. Immutable; each method gives a new one.
 * Everything that is not said matches all.
 */
public final class Fault {
    private final Map<String, Object> rule;

    private Fault(Map<String, Object> rule) {
        this.rule = rule;
    }

    /**
     * An entry of the catalogue.
     *
     * @param id such as {@code dmp.repository-busy}; {@code GET /_sandbox/faults/catalogue} lists them
     * @return the fault
     */
    public static Fault named(String id) {
        return new Fault(Map.of()).with("fault", id);
    }

    /**
     * A refusal in the protocol's own words.
     *
     * @param code the wire code: {@code XDSRepositoryBusy}, {@code insi_102}, {@code 452} …
     * @return the fault
     */
    public static Fault refuse(String code) {
        return effect("refuse").with("code", code);
    }

    /**
     * The act goes its way, later.
     *
     * @param delay how much later
     * @return the fault
     */
    public static Fault latency(Duration delay) {
        return effect("latency").with("latencyMs", delay.toMillis());
    }

    /**
     * Latencies drawn from a log-normal distribution, the same in every run.
     *
     * @param median half of the calls take longer
     * @param p99 one in a hundred takes longer
     * @return the fault
     */
    public static Fault latency(Duration median, Duration p99) {
        return latency(median).with("latencyP99Ms", p99.toMillis());
    }

    /**
     * The connection is dropped without an answer.
     *
     * @return the fault
     */
    public static Fault cut() {
        return effect("cut");
    }

    /**
     * The head and a part of the answer leave, then the connection is dropped. The act was done.
     *
     * @param share of the body's bytes that leaves, 0 to 1
     * @return the fault
     */
    public static Fault cutAnswer(double share) {
        return effect("cut-answer").at(FaultPoint.BEFORE_ANSWER).with("share", share);
    }

    /**
     * Only a part of the answer leaves, as if it were the whole. The act was done.
     *
     * @param share of the body's bytes that leaves, 0 to 1
     * @return the fault
     */
    public static Fault truncate(double share) {
        return effect("truncate").at(FaultPoint.BEFORE_ANSWER).with("share", share);
    }

    /**
     * The answer leaves slowly. The act was done.
     *
     * @param bytesPerSecond its speed
     * @return the fault
     */
    public static Fault drip(int bytesPerSecond) {
        return effect("drip").at(FaultPoint.BEFORE_ANSWER).with("bytesPerSecond", bytesPerSecond);
    }

    /**
     * The service says that it has too much to do.
     *
     * @return the fault
     */
    public static Fault overload() {
        return effect("overload");
    }

    /**
     * The DMP answers as things were some time ago.
     *
     * @param operation {@code iti18} or {@code iti43}
     * @param age how long ago
     * @return the fault
     */
    public static Fault stale(String operation, Duration age) {
        return effect("stale").service("dmp_sim").operation(operation).with("seconds", age.toMillis() / 1000.0);
    }

    /**
     * The act is done and its events are published later.
     *
     * @param delay how much later
     * @return the fault
     */
    public static Fault delayEvent(Duration delay) {
        return effect("delay-event").with("seconds", delay.toMillis() / 1000.0);
    }

    /**
     * Only at this service.
     *
     * @param name {@code dmp_sim}, {@code ins_sim} or {@code mss_sim}
     * @return the narrower fault
     */
    public Fault service(String name) {
        return with("service", name);
    }

    /**
     * Only in this operation.
     *
     * @param name {@code iti41}, {@code DATA} …; several with a comma between
     * @return the narrower fault
     */
    public Fault operation(String name) {
        return with("operation", name);
    }

    /**
     * Where on the way of the act.
     *
     * @param point received, before the commit, or before the answer
     * @return the fault there
     */
    public Fault at(FaultPoint point) {
        return with("point", point.wire());
    }

    /**
     * Only calls with this attribute; several calls of this method must all match.
     *
     * @param attribute {@code path}, {@code typeCode}, {@code title}, {@code to}, {@code subject} …
     * @param pattern with {@code *}, {@code ?} and {@code […]}
     * @return the narrower fault
     */
    public Fault match(String attribute, String pattern) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (rule.get("match") instanceof Map<?, ?> before) {
            before.forEach((name, value) -> all.put(name.toString(), value));
        }
        all.put(attribute, pattern);
        return with("match", all);
    }

    /**
     * Not before the n-th matching call.
     *
     * @param call counted from 1
     * @return the fault from there on
     */
    public Fault nth(int call) {
        return with("nth", call);
    }

    /**
     * So often at most.
     *
     * @param count 1 or more
     * @return the bounded fault
     */
    public Fault times(int count) {
        return with("times", count);
    }

    /**
     * By chance; the draws are the same in every run.
     *
     * @param share of the matching calls, 0 to 1
     * @return the fault by chance
     */
    public Fault probability(double share) {
        return with("probability", share);
    }

    /**
     * Text of the refusal.
     *
     * @param text as the answer carries it
     * @return the fault
     */
    public Fault reason(String text) {
        return with("reason", text);
    }

    /**
     * Any other member that {@code POST /_sandbox/faults} takes.
     *
     * @param name in camelCase
     * @param value its value
     * @return the fault with it
     */
    public Fault with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(rule);
        more.put(name, value);
        return new Fault(more);
    }

    private static Fault effect(String name) {
        return new Fault(Map.of()).with("effect", name);
    }

    Map<String, Object> rule() {
        return rule;
    }

    /** The rule as the API takes it. */
    @Override
    public String toString() {
        return rule.toString();
    }
}
