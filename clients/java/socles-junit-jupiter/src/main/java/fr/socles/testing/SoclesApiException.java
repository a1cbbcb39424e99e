package fr.socles.testing;

/** The control API said no; the message tells what was asked and why it was refused. */
public final class SoclesApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String code;

    SoclesApiException(int status, String code, String message) {
        super("HTTP " + status + (code.isEmpty() ? "" : " " + code) + " : " + message);
        this.status = status;
        this.code = code;
    }

    /**
     * The status.
     *
     * @return the HTTP status of the answer
     */
    public int status() {
        return status;
    }

    /**
     * The code for programs.
     *
     * @return for instance {@code workspace.unknown}; empty when the answer had none
     */
    public String code() {
        return code;
    }
}
