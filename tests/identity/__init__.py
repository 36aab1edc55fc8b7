"""Who gets an identity."""
