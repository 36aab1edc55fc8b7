"""How specs are read: bad input with exact messages, and values."""
