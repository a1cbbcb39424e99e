package fr.socles.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The signature of a submission set. */
public final class LotOrder {
    private final Map<String, Object> said = new LinkedHashMap<>();
    private final List<Map<String, Object>> documents = new ArrayList<>();

    LotOrder(String setId) {
        said.put("setId", setId);
    }

    /**
     * One document; call it in the order of the lot.
     *
     * @param uniqueId XDSDocumentEntry.uniqueId
     * @param content the CDA as it is sent
     * @return this
     */
    public LotOrder document(String uniqueId, byte[] content) {
        documents.add(Map.of("uniqueId", uniqueId, "content", content));
        return this;
    }

    /**
     * The structure that signs.
     *
     * @param number 1 and the FINESS
     * @return this
     */
    public LotOrder structure(String number) {
        said.put("structure", number);
        return this;
    }

    /**
     * The card that signs instead of a structure.
     *
     * @param nationalId 8 and the RPPS number
     * @return this
     */
    public LotOrder card(String nationalId) {
        said.put("card", nationalId);
        return this;
    }

    /**
     * The {@code SigningTime}; by default now, by the workspace's clock.
     *
     * @param at when
     * @return this
     */
    public LotOrder signedAt(Instant at) {
        said.put("signedAt", at);
        return this;
    }

    /**
     * Wrong in one way, and right in all others.
     *
     * @param name one of {@link Signing#lotFlaws()}
     * @return this
     */
    public LotOrder flaw(String name) {
        said.put("flaw", name);
        return this;
    }

    /** As the API takes it. */
    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>(said);
        body.put("documents", documents);
        return body;
    }
}
