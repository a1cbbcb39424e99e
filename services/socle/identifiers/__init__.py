"""Value types of the French identifiers: INS, FINESS, RPPS, SIRET, OID."""
