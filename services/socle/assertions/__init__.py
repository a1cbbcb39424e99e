"""What INSi and the DMP share about signed SAML assertions: who may sign, what is refused, how old one may be."""
