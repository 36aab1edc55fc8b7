"""Inputs as people have them, taken from public reports and written anew: each with what is answered.

Where a report is public, `from` says which. What a row has in `said` is the whole message; null means that the spec is taken.
"""
