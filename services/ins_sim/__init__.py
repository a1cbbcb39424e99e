"""INSi, the national identity look-up (SOAP)."""
