"""Transactional stores (D5), outbox included (D2)."""
