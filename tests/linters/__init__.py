"""Linters and service models that this project did not write, and how to run them on what it renders."""
