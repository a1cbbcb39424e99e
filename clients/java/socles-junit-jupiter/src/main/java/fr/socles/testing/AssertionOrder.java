package fr.socles.testing;

/** INSi's assertion of a professional, signed by the card; of Pro Santé Connect it is unsigned. */
public final class AssertionOrder extends SignedOrder<AssertionOrder> {
    AssertionOrder() {}

    @Override
    AssertionOrder self() {
        return this;
    }

    /**
     * The professional.
     *
     * @param number 8 and the RPPS number
     * @return this
     */
    public AssertionOrder nationalId(String number) {
        return with("nationalId", number);
    }

    /**
     * By Pro Santé Connect instead of a card.
     *
     * @return this
     */
    public AssertionOrder proSanteConnect() {
        return with("source", "PSC");
    }

    /**
     * With the assertion of a Vitale card beside it.
     *
     * @param card id of a virtual card, or the insured number on it
     * @return this
     */
    public AssertionOrder vitale(String card) {
        return with("vitale", card);
    }
}
