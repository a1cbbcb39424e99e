package fr.socles.testing;

/** What is expected of a mail. */
public final class MailCriteria extends Criteria<Mail, MailCriteria> {
    MailCriteria() {}

    /**
     * Delivered to this box.
     *
     * @param address of the box
     * @return these criteria
     */
    public MailCriteria to(String address) {
        return matching("to = " + address, one -> one.recipients().stream()
                .anyMatch(box -> box.address().equalsIgnoreCase(address) && "delivered".equals(box.state())));
    }

    /**
     * The envelope's sender.
     *
     * @param address of the sender
     * @return these criteria
     */
    public MailCriteria from(String address) {
        return matching("from = " + address, one -> one.mailFrom().equalsIgnoreCase(address));
    }

    /**
     * A part of the subject, whatever the case.
     *
     * @param part of the subject
     * @return these criteria
     */
    public MailCriteria subject(String part) {
        return containing("subject", part, Mail::subject);
    }

    /**
     * The Message-ID.
     *
     * @param id with its angle brackets
     * @return these criteria
     */
    public MailCriteria messageId(String id) {
        return equal("messageId", id, Mail::messageId);
    }
}
