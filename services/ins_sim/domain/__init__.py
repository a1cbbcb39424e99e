"""INSi's domain: the identity, the controls on what was asked, the search and the verdict. Pure."""
