"""Identities as editors bring them and take them away: CSV, FHIR, INS datamatrix, HL7 v2, CDA."""
