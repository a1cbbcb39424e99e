"""Patients in FHIR R4, by the French core profiles (``fr-core-patient-ins``; domain/insi.md §4)."""
