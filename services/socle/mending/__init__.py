"""The mended request: a message as received, with each mechanical finding put right, and nothing else touched."""
