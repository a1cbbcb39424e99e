package fr.socles.testing;

/** What is expected of a deposited document. */
public final class DepositCriteria extends Criteria<Document, DepositCriteria> {
    DepositCriteria() {}

    /**
     * Its identifier.
     *
     * @param id the XDSDocumentEntry.uniqueId
     * @return these criteria
     */
    public DepositCriteria uniqueId(String id) {
        return equal("uniqueId", id, Document::uniqueId);
    }

    /**
     * Its type.
     *
     * @param code LOINC, such as {@code 11490-0}
     * @return these criteria
     */
    public DepositCriteria typeCode(String code) {
        return equal("typeCode", code, Document::typeCode);
    }

    /**
     * A part of its title, whatever the case.
     *
     * @param part of the title
     * @return these criteria
     */
    public DepositCriteria title(String part) {
        return containing("title", part, Document::title);
    }

    /**
     * Its version.
     *
     * @param number 1, then one more for each replacement
     * @return these criteria
     */
    public DepositCriteria revision(int number) {
        return equal("revision", number, Document::revision);
    }

    /**
     * Whose it is.
     *
     * @param ins matricule and key, 15 characters
     * @return these criteria
     */
    public DepositCriteria patient(String ins) {
        return matching("patient = " + ins, one -> String.valueOf(one.metadata().get("patient_id")).contains(ins));
    }

    /**
     * The lot it came in.
     *
     * @param id the XDSSubmissionSet.uniqueId
     * @return these criteria
     */
    public DepositCriteria submissionSet(String id) {
        return equal("submissionSet", id, Document::submissionSet);
    }
}
