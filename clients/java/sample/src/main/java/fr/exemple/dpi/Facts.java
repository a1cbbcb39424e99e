package fr.exemple.dpi;

import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.List;

/** What a hospital knows by itself. */
public final class Facts {
    private Facts() {}

    /** The establishment; {@code root} is the OID under which it numbers patients and stays. */
    public record Site(String finess, String name, String city, String root) {}

    /** Who writes and signs. */
    public record Author(String rpps, String family, String given) {}

    /** Traits as typed at the admission desk. */
    public record Traits(String birthName, String givenName, String sex, LocalDate birthDate, String birthPlace) {}

    /** A patient with a qualified identity; {@code ins} has 15 characters, {@code localId} is the hospital's own number. */
    public record Patient(Traits traits, List<String> givenNames, String ins, String insOid, String localId) {}

    /** A stay that has ended. */
    public record Stay(String number, ZonedDateTime admitted, ZonedDateTime discharged) {}
}
