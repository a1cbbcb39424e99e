"""What INSi does, an operation a module, on the way that all of them share."""
