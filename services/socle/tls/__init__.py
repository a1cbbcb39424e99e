"""HTTP over TLS: one-way, and with the client's certificate asked for; failed handshakes are journalled."""
