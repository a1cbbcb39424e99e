package fr.socles.testing;

/**
 * A site (EG) and its legal entity (EJ).
 *
 * @param finessEg FINESS of the site
 * @param finessEj FINESS of the legal entity
 * @param name of the site
 * @param siret 14 digits
 * @param sector such as {@code SA01}
 * @param city where it is
 */
public record Establishment(String finessEg, String finessEj, String name, String siret, String sector, String city) {}
