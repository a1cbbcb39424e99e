"""MSSanté, secure health mail (SMTP)."""
