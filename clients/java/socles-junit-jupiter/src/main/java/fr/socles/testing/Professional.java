package fr.socles.testing;

/**
 * A health professional.
 *
 * @param rpps 11 digits
 * @param family name
 * @param given name
 * @param profession such as {@code 10}
 * @param speciality such as {@code SM26}, or null
 * @param finessEg the site
 * @param mailbox the personal box, or null
 */
public record Professional(
        String rpps, String family, String given, String profession, String speciality, String finessEg, String mailbox) {}
