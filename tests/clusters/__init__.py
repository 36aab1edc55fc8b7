"""The kinds of cluster."""
