"""The tests of the function and its tools."""
