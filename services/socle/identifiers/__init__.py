"""Value types for the identifiers of French health: INS, FINESS, RPPS, SIRET, OID.

``parse`` refuses a wrong *shape* with ``InvalidIdentifier``; a wrong *check digit* is only told (``key_is_valid``,
``luhn_is_valid``), because what to do about it depends on the rule and on the strictness in force.
"""
