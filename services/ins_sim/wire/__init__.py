"""INSi's wire: bytes to models and back, one file per transaction."""
