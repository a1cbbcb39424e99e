"""What testers use: tokens without a browser, clients, answers to CIBA requests."""
