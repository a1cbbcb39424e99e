"""Assertions made for testers: right ones as national software writes them, and wrong ones that break one rule each."""
