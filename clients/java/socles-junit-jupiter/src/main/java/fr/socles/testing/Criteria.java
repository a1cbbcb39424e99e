package fr.socles.testing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What is expected of a thing. Each call adds a condition; all of them must hold.
 *
 * @param <T> the things looked at
 * @param <C> the concrete class, which calls give back
 */
public abstract class Criteria<T, C extends Criteria<T, C>> {
    private final List<Criterion<T>> all = new ArrayList<>();

    private record Criterion<T>(String wanted, Predicate<? super T> holds, Function<T, String> found) {}

    /** For the criteria of this package. */
    Criteria() {}

    /**
     * Any condition of your own.
     *
     * @param description what a failure calls it
     * @param holds the condition
     * @return these criteria
     */
    public final C matching(String description, Predicate<? super T> holds) {
        return add(description, holds, thing -> "faux / false");
    }

    /** {@code name} is {@code expected}; numbers are compared by their value. */
    final C equal(String name, Object expected, Function<T, ?> actual) {
        Predicate<T> holds = thing -> {
            Object found = actual.apply(thing);
            return expected instanceof Number wanted && found instanceof Number number
                    ? wanted.doubleValue() == number.doubleValue()
                    : Objects.equals(expected, found);
        };
        return add(name + " = " + expected, holds, thing -> String.valueOf((Object) actual.apply(thing)));
    }

    /** {@code part} stands somewhere in {@code name}, whatever the case. */
    final C containing(String name, String part, Function<T, String> actual) {
        Predicate<T> holds = thing -> {
            String found = actual.apply(thing);
            return found != null && found.toLowerCase().contains(part.toLowerCase());
        };
        return add(name + " ∋ " + part, holds, actual);
    }

    /** Whether all conditions hold. */
    final boolean accept(T thing) {
        return all.stream().allMatch(one -> one.holds().test(thing));
    }

    /** The conditions that do not hold, with what was found. */
    final List<String> misses(T thing) {
        return all.stream()
                .filter(one -> !one.holds().test(thing))
                .map(one -> one.wanted() + " (reçu / found : " + one.found().apply(thing) + ")")
                .toList();
    }

    /** The things that miss least first. */
    final List<T> nearest(List<T> things) {
        return things.stream().sorted(Comparator.comparingInt(thing -> misses(thing).size())).toList();
    }

    /** The conditions, separated by commas. */
    @Override
    public final String toString() {
        return all.isEmpty() ? "n'importe lequel / any" : all.stream().map(Criterion::wanted).collect(Collectors.joining(", "));
    }

    private C add(String wanted, Predicate<? super T> holds, Function<T, String> found) {
        all.add(new Criterion<>(wanted, holds, found));
        @SuppressWarnings("unchecked") // each class names itself as C
        C self = (C) this;
        return self;
    }
}
