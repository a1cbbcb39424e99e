"""The conformity cases of INSi (CNDA), judged on a workspace's journal: what was sent, not what was meant."""
