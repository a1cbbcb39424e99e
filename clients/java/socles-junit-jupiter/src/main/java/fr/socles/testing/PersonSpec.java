package fr.socles.testing;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A person to be added to the workspace's population. What is not said has a sensible value. */
public final class PersonSpec {
    private final Map<String, Object> traits = new LinkedHashMap<>();
    private final int number;
    private Ins ins;
    private boolean numbered = true;

    PersonSpec(int number) {
        this.number = number;
        traits.put("id", "java-" + number);
        birthName("PATIENT-TEST").givenNames("CAMILLE").sex("F").birthDate(LocalDate.of(1980, 1, 2)).birthPlace("69381");
    }

    /**
     * The name of birth.
     *
     * @param name in capitals
     * @return this
     */
    public PersonSpec birthName(String name) {
        return with("birthName", name);
    }

    /**
     * The given names.
     *
     * @param names in capitals, in order
     * @return this
     */
    public PersonSpec givenNames(String... names) {
        return with("givenNames", List.of(names));
    }

    /**
     * The sex.
     *
     * @param sex {@code M} or {@code F}
     * @return this
     */
    public PersonSpec sex(String sex) {
        return with("sex", sex);
    }

    /**
     * The date of birth.
     *
     * @param date of birth
     * @return this
     */
    public PersonSpec birthDate(LocalDate date) {
        return with("birthDate", date);
    }

    /**
     * The place of birth.
     *
     * @param cog 5 characters
     * @return this
     */
    public PersonSpec birthPlace(String cog) {
        return with("birthPlace", cog);
    }

    /**
     * The number; by default a test number made from the traits.
     *
     * @param number with its OID
     * @return this
     */
    public PersonSpec ins(Ins number) {
        ins = number;
        return this;
    }

    /**
     * A person whom INSi does not know.
     *
     * @return this
     */
    public PersonSpec withoutIns() {
        numbered = false;
        return with("knownToInsi", false);
    }

    /**
     * The DMP.
     *
     * @param state {@code open}, {@code closed} or {@code none}
     * @return this
     */
    public PersonSpec dmp(String state) {
        return with("dmp", state);
    }

    /**
     * The citizen's mailbox.
     *
     * @param state {@code open}, {@code closed}, {@code full} or {@code none}
     * @return this
     */
    public PersonSpec citizenMailbox(String state) {
        return with("citizenMailbox", state);
    }

    /**
     * What INSi always answers for this person.
     *
     * @param code {@code 00}, {@code 01}, {@code 02}, {@code insi_102} …
     * @return this
     */
    public PersonSpec outcome(String code) {
        return with("outcome", code);
    }

    /** As the API takes it. */
    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>(traits);
        if (numbered) {
            body.put("ins", ins != null ? ins : Ins.of((String) traits.get("sex"), (LocalDate) traits.get("birthDate"),
                    (String) traits.get("birthPlace"), number));
        }
        return body;
    }

    private PersonSpec with(String name, Object value) {
        traits.put(name, value);
        return this;
    }
}
