package fr.socles.testing;

/**
 * A mailbox.
 *
 * @param address of the box
 * @param type {@code PER}, {@code ORG}, {@code APP} or {@code CITIZEN}
 * @param label shown to correspondents
 * @param finessEg the site, or null
 * @param rpps of a personal box's owner, or null
 * @param state {@code open}, {@code closed} or {@code full}
 * @param password to log in with
 */
public record Box(
        String address, String type, String label, String finessEg, String rpps, String state, String password) {}
