package fr.socles.testing;

/** What is expected of an indicator's value. */
public final class IndicatorCriteria extends Criteria<IndicatorValue, IndicatorCriteria> {
    IndicatorCriteria() {}

    /**
     * The numerator, or the count.
     *
     * @param expected exactly
     * @return these criteria
     */
    public IndicatorCriteria num(long expected) {
        return equal("num", expected, IndicatorValue::num);
    }

    /**
     * The denominator.
     *
     * @param expected exactly
     * @return these criteria
     */
    public IndicatorCriteria den(long expected) {
        return equal("den", expected, IndicatorValue::den);
    }

    /**
     * The rate or count.
     *
     * @param expected exactly; 0.5 is half
     * @return these criteria
     */
    public IndicatorCriteria value(double expected) {
        return equal("value", expected, IndicatorValue::value);
    }

    /**
     * The numerator, at least.
     *
     * @param least the smallest
     * @return these criteria
     */
    public IndicatorCriteria atLeast(long least) {
        return matching("num ≥ " + least, one -> one.num() >= least);
    }
}
