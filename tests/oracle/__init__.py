"""Judges of trust policies that this project did not write, run as separate programs."""
