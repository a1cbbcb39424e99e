"""Bytes to models and back: SMTP, MIME, the XDM archive and its documents."""
