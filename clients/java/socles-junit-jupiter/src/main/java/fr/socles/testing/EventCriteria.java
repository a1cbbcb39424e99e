package fr.socles.testing;

import com.fasterxml.jackson.databind.JsonNode;

/** What is expected of an event, besides its type. */
public final class EventCriteria extends Criteria<Event, EventCriteria> {
    EventCriteria() {}

    /**
     * What it tells of.
     *
     * @param id a document's chain, a stay, a message, an exchange
     * @return these criteria
     */
    public EventCriteria subject(String id) {
        return equal("subject", id, Event::subject);
    }

    /**
     * The exchange that caused it.
     *
     * @param id of the exchange
     * @return these criteria
     */
    public EventCriteria exchange(String id) {
        return data("/exchangeId", id);
    }

    /**
     * A member of its data.
     *
     * @param pointer a JSON pointer, such as {@code /typeCode}
     * @param expected text, number, boolean, or null
     * @return these criteria
     */
    public EventCriteria data(String pointer, Object expected) {
        return equal("data" + pointer, expected, one -> value(one.data().at(pointer)));
    }

    private static Object value(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (node.isNumber()) {
            return node.numberValue();
        }
        return node.isBoolean() ? (Object) node.booleanValue() : node.isTextual() ? node.textValue() : node.toString();
    }
}
