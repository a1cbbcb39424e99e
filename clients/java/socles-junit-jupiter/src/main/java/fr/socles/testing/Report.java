package fr.socles.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a failure says: what was expected, what came nearest, and the exchanges with their findings and links. */
final class Report {
    private static final int MOST_EXCHANGES = 5;
    private static final int MOST_THINGS = 3;

    private final StringBuilder text = new StringBuilder();
    private final List<Exchange> shown = new ArrayList<>();

    Report(String headline) {
        text.append(headline);
    }

    Report line(String label, Object value) {
        text.append("\n  ").append(label).append(" : ").append(value);
        return this;
    }

    /** The criteria, how many things there were, and why the nearest of them do not match. */
    <T> Report expected(Criteria<T, ?> criteria, List<T> seen, Function<T, String> name) {
        line("attendu / expected", criteria);
        line("vus / seen", seen.size());
        for (T thing : criteria.nearest(seen).stream().limit(MOST_THINGS).toList()) {
            text.append("\n    ").append(name.apply(thing)).append(" : ").append(String.join(", ", criteria.misses(thing)));
        }
        return this;
    }

    /** The last exchanges of a service (null: of all): those with something wrong, or else simply the last ones. */
    Report exchanges(Exchanges journal, String service) {
        List<Exchange> all = journal.all(service);
        List<Exchange> wrong = all.stream().filter(one -> !one.accepted() || !one.rules().isEmpty()).toList();
        List<Exchange> chosen = (wrong.isEmpty() ? all : wrong).stream().limit(MOST_EXCHANGES).toList();
        line("espace / workspace", journal.base());
        line("échanges / exchanges" + (service == null ? "" : " " + service),
                all.size() + (chosen.size() < all.size() ? ", dont / of which" : ""));
        chosen.forEach(one -> exchange(journal.get(one.id())));
        return this;
    }

    Report exchange(Exchange one) {
        shown.add(one);
        text.append("\n    ").append(one.accepted() ? "✓ " : "✗ ").append(one.receivedAt()).append(' ')
                .append(one.service()).append(' ').append(one.operation()).append(" : ").append(one.outcome())
                .append(one.code() == null ? "" : " " + one.code()).append(" (").append(one.status()).append(')')
                .append(one.fault() == null ? "" : ", panne / fault " + one.fault());
        text.append("\n      ").append(one.link());
        one.findings().forEach(this::finding);
        return this;
    }

    SoclesAssertionError error() {
        return new SoclesAssertionError(text.toString(), shown);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void finding(Finding one) {
        text.append("\n      - ").append(one.rule()).append(" (").append(one.severity()).append(") : ")
                .append(one.titleFr()).append(" / ").append(one.titleEn());
        detail("où / where", one.where() + (one.line() == null ? "" : ", ligne / line " + one.line())
                + (one.part() == null ? "" : ", partie / part " + one.part()));
        detail("attendu / expected", one.expected());
        detail("reçu / found", one.found());
        detail("remède / remedy", one.remedy());
        detail("source", one.source() + (one.sourceVersion() == null ? "" : " " + one.sourceVersion()));
    }

    private void detail(String label, String value) {
        if (value != null && !value.isBlank()) {
            text.append("\n          ").append(label).append(" : ").append(value.strip());
        }
    }
}
