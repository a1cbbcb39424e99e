package fr.socles.testing;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** People and places: the common population, and what this workspace adds to it. */
public final class Population {
    private static final String PATH = "/_sandbox/population";
    private static final int MOST = 1000;
    private static final int NUMBERS = 999;

    private final Api api;
    private final AtomicInteger added = new AtomicInteger();

    Population(Api api) {
        this.api = api;
    }

    /**
     * Adds a patient with a test number, an open DMP and an open citizen mailbox.
     *
     * @return the person, whom all services know
     */
    public Person patient() {
        return patient(one -> one);
    }

    /**
     * Adds a patient.
     *
     * @param spec what is special about the person
     * @return the person, whom all services know
     */
    public Person patient(UnaryOperator<PersonSpec> spec) {
        Map<String, Object> body = spec.apply(new PersonSpec(added.incrementAndGet() % NUMBERS)).body();
        add(Map.of("persons", List.of(body)));
        return persons((String) body.get("birthName")).stream().filter(one -> one.id().equals(body.get("id"))).findFirst()
                .orElseThrow(() -> new IllegalStateException("added, but not there: " + body));
    }

    /**
     * Adds anything, or replaces it by id, FINESS, RPPS or address.
     *
     * @param body as {@code POST /_sandbox/population} takes it: persons, establishments, professionals, boxes
     */
    public void add(Map<String, ?> body) {
        api.post(PATH, body);
    }

    /**
     * Persons by the beginning of their birth name, at most 1000.
     *
     * @param name its beginning; empty for all
     * @return the persons
     */
    public List<Person> persons(String name) {
        return api.list(Person.class, PATH + "/persons", Map.of("name", name, "limit", MOST));
    }

    /**
     * A person by number, present or past.
     *
     * @param ins 13 or 15 characters
     * @return the person
     * @throws IllegalArgumentException when nobody has it
     */
    public Person person(String ins) {
        return first(api.list(Person.class, PATH + "/persons", Map.of("ins", ins)), "INS " + ins);
    }

    /**
     * The sites.
     *
     * @return all of them, at most 1000
     */
    public List<Establishment> establishments() {
        return api.list(Establishment.class, PATH + "/establishments", Map.of("limit", MOST));
    }

    /**
     * The professionals of a site.
     *
     * @param finess of the site
     * @return at most 1000
     */
    public List<Professional> professionals(String finess) {
        return api.list(Professional.class, PATH + "/professionals", Map.of("finess", finess, "limit", MOST));
    }

    /**
     * The mailboxes of a site.
     *
     * @param finess of the site
     * @return at most 1000
     */
    public List<Box> boxes(String finess) {
        return api.list(Box.class, PATH + "/boxes", Map.of("finess", finess, "limit", MOST));
    }

    private static <T> T first(List<T> found, String what) {
        return found.stream().findFirst()
                .orElseThrow(() -> new IllegalArgumentException("introuvable / not found : " + what));
    }
}
