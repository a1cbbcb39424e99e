"""The population as a FHIR R4 server of Patients: a convenience of the sandbox. INSi itself speaks no FHIR."""
