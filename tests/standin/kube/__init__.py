"""The shell: what talks to the API server."""
