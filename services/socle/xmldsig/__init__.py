"""Enveloped XML signatures as the French services use them over SAML assertions: made and verified, no I/O.

One narrow profile and nothing beside it (domain/dmp.md §2, domain/insi.md §1.5): one reference to the element itself,
exclusive canonicalisation, RSA with SHA-256 or SHA-1, the certificate in KeyInfo.
"""
