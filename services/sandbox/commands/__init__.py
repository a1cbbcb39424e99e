"""What the command line asks of a running sandbox: one file per command, all over the public HTTP interface."""
