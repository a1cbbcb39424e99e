package fr.socles.testing;

import java.time.LocalDate;
import java.util.List;

/**
 * A fictitious person.
 *
 * @param id in the population
 * @param birthName in capitals
 * @param givenNames in order
 * @param sex {@code M} or {@code F}
 * @param birthDate of birth
 * @param birthPlace COG, 5 characters, or null
 * @param ins the number, or null
 * @param knownToInsi whether INSi finds the person
 * @param outcome what INSi always answers, or null
 * @param dmp {@code open}, {@code closed} or {@code none}
 * @param citizenMailbox {@code open}, {@code closed}, {@code full} or {@code none}
 */
public record Person(
        String id,
        String birthName,
        List<String> givenNames,
        String sex,
        LocalDate birthDate,
        String birthPlace,
        Ins ins,
        boolean knownToInsi,
        String outcome,
        String dmp,
        String citizenMailbox) {

    /**
     * The citizen's mailbox.
     *
     * @return {@code <INS>@patient.mssante.fr}
     * @throws IllegalStateException for a person without a number
     */
    public String mailbox() {
        if (ins == null) {
            throw new IllegalStateException(id + " has no INS, hence no citizen mailbox");
        }
        return ins.value() + "@patient.mssante.fr";
    }
}
