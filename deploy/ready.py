"""Exit status 0 when the service in this container may be given work: asks ``/_sandbox/ready`` of the port it serves.

Runs every few seconds in every container, hence the bare socket: an HTTP client would cost several times the CPU.
"""

import os
import socket
import sys

PATH = "/_sandbox/ready"
SECONDS = 4.0


def main() -> None:
    """Print the answer, which ``docker inspect`` shows, and leave with its verdict."""
    port = int(os.environ.get("SOCLES_HTTP_PORT") or 8080)
    try:
        with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
            connection.sendall(f"GET {PATH} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except OSError as error:
        sys.exit(f"no answer on port {port}: {error}")
    head, _, body = answer.partition(b"\r\n\r\n")
    sys.stdout.write(body.decode("utf-8", "replace") + "\n")
    status = head.split(b" ", 2)[1:2]
    if status != [b"200"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
