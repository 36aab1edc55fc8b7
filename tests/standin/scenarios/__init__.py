"""A scenario for every row of the table of behaviour, without a server."""
