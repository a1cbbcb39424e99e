"""DMP, the shared medical record (IHE XDS.b over SOAP and MTOM)."""
