package fr.socles.testing;

import java.util.Map;

/**
 * An indicator's value for an establishment and a window.
 *
 * @param num numerator, or the count
 * @param den denominator; null for a count
 * @param value the rate or count; null when there is nothing to divide by
 * @param target or null
 * @param reached whether it reaches the target; null without one
 * @param measures what it is made of
 */
public record IndicatorValue(long num, Long den, Double value, Double target, Boolean reached, Map<String, Long> measures) {}
