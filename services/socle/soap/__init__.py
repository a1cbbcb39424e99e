"""SOAP as it is really spoken: envelopes, WS-Addressing, MTOM/XOP, hardened parsing (D1)."""
