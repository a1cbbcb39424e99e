package fr.socles.testing;

/** A VIHF to be signed: by the structure, or with {@link #card} by a professional's card. */
public final class VihfOrder extends SignedOrder<VihfOrder> {
    VihfOrder() {}

    @Override
    VihfOrder self() {
        return this;
    }

    /**
     * The structure, which also signs.
     *
     * @param number 1 and the FINESS
     * @return this
     */
    public VihfOrder structure(String number) {
        return with("structure", number);
    }

    /**
     * Whose DMP.
     *
     * @param ins with its OID
     * @return this
     */
    public VihfOrder patient(Ins ins) {
        return with("patient", ins.value() + "^^^&" + ins.oid() + "&ISO^NH");
    }

    /**
     * Authentication by card: the profile DIRECTE.
     *
     * @param nationalId 8 and the RPPS number
     * @return this
     */
    public VihfOrder card(String nationalId) {
        return with("profile", "DIRECTE").with("nameId", nationalId);
    }

    /**
     * Who acts, in the indirect profiles.
     *
     * @param nationalId 8 and the RPPS number
     * @param name family and given name
     * @return this
     */
    public VihfOrder professional(String nationalId, String name) {
        return with("nameId", nationalId).with("subjectId", name);
    }

    /**
     * The profession and the speciality of the role.
     *
     * @param profession such as {@code 10}
     * @param speciality such as {@code SM26}; null: none
     * @return this
     */
    public VihfOrder role(String profession, String speciality) {
        return with("profession", profession).with("speciality", speciality);
    }

    /**
     * The software.
     *
     * @param name {@code LPS_Nom}
     * @param version {@code LPS_Version}
     * @param approval {@code LPS_ID_HOMOLOGATION_DMP}
     * @return this
     */
    public VihfOrder software(String name, String version, String approval) {
        return with("lpsName", name).with("lpsVersion", version).with("lpsApproval", approval);
    }
}
