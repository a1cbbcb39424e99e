package fr.socles.testing;

import java.time.LocalDate;

/**
 * A health identity number. It never travels without its OID.
 *
 * @param matricule 13 characters
 * @param key 2 digits, right or wrong
 * @param oid of the authority
 */
public record Ins(String matricule, String key, String oid) {
    /** The OID of test numbers. */
    public static final String TEST = "1.2.250.1.213.1.4.10";

    private static final int MODULUS = 97;

    /**
     * A test number made from traits, with its right key.
     *
     * @param sex {@code M} or {@code F}
     * @param birthDate of birth
     * @param birthPlace COG, 5 characters
     * @param order 1 to 999
     * @return the number
     */
    public static Ins of(String sex, LocalDate birthDate, String birthPlace, int order) {
        String matricule = String.format("%s%02d%02d%s%03d", "M".equals(sex) ? "1" : "2", birthDate.getYear() % 100,
                birthDate.getMonthValue(), birthPlace, order);
        return new Ins(matricule, key(matricule), TEST);
    }

    /**
     * The key: 97 − (n mod 97), with 2A read as 19 and 2B as 18.
     *
     * @param matricule 13 characters
     * @return 2 digits
     */
    public static String key(String matricule) {
        String digits = matricule.replace("2A", "19").replace("2B", "18");
        return String.format("%02d", MODULUS - Long.parseLong(digits) % MODULUS);
    }

    /**
     * Matricule and key.
     *
     * @return 15 characters
     */
    public String value() {
        return matricule + key;
    }
}
