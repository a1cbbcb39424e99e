package fr.socles.testing;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The sandbox's signer: assertions and lot signatures, right, or wrong in one chosen way. */
public final class Signing {
    private static final String PATH = "/_sandbox/sign";

    private final Api api;
    private final Api installation;
    private final String workspace;

    Signing(Api api, Api installation, String workspace) {
        this.api = api;
        this.installation = installation;
        this.workspace = workspace;
    }

    /**
     * How strictly the workspace takes signed assertions; its other options stay.
     *
     * @param mode {@code off}: believed; {@code warn}: verified, what is wrong is told; {@code strict}: what is wrong refuses
     */
    public void verified(String mode) {
        choose("assertions", mode);
    }

    /**
     * How strictly the workspace takes the signatures of lots (Signature01); its other options stay.
     *
     * @param mode as for {@link #verified}
     */
    public void lotsVerified(String mode) {
        choose("assertions.lots", mode);
    }

    private void choose(String option, String mode) {
        String path = "/_sandbox/workspaces/" + Api.segment(workspace);
        Map<String, Object> options = new LinkedHashMap<>();
        installation.get(path, Map.of()).path("options").properties()
                .forEach(one -> options.put(one.getKey(), one.getValue().asText()));
        options.put(option, mode);
        installation.patch(path, Map.of("options", options));
    }

    /**
     * A VIHF for the DMP.
     *
     * @param wanted what it says
     * @return the header block {@code wsse:Security}, to be put into the SOAP header as it is
     * @throws SoclesApiException for a value or a flaw that the signer does not know
     */
    public String vihf(UnaryOperator<VihfOrder> wanted) {
        return made("vihf", wanted.apply(new VihfOrder()).body());
    }

    /**
     * An assertion for INSi.
     *
     * @param wanted what it says
     * @return the header block {@code wsse:Security}, to be put into the SOAP header as it is
     * @throws SoclesApiException for a value or a flaw that the signer does not know
     */
    public String assertion(UnaryOperator<AssertionOrder> wanted) {
        return made("assertion", wanted.apply(new AssertionOrder()).body());
    }

    /**
     * The signature of a lot.
     *
     * @param setId XDSSubmissionSet.uniqueId
     * @param wanted its documents, and who signs
     * @return the content of the entry Signature01
     * @throws SoclesApiException for a value or a flaw that the signer does not know
     */
    public byte[] lot(String setId, UnaryOperator<LotOrder> wanted) {
        return api.made(PATH + "/lot", wanted.apply(new LotOrder(setId)).body());
    }

    /**
     * Deliberate mistakes of assertions.
     *
     * @return the rule that each breaks, by its name
     */
    public Map<String, String> flaws() {
        return listed("/flaws");
    }

    /**
     * Deliberate mistakes of lot signatures.
     *
     * @return the rule that each breaks, by its name
     */
    public Map<String, String> lotFlaws() {
        return listed("/lot-flaws");
    }

    private Map<String, String> listed(String path) {
        Map<String, String> found = new LinkedHashMap<>();
        api.get(PATH + path, Map.of()).forEach(one -> found.put(one.path("name").asText(), one.path("breaks").asText()));
        return found;
    }

    private String made(String what, Map<String, Object> order) {
        return new String(api.made(PATH + "/" + what, order), StandardCharsets.UTF_8);
    }
}
