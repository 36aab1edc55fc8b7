"""Where pods run: one file for each kind of cluster, with all that differs between kinds.

A file holds how PodIdentities list such a cluster, how the platform writes it into the catalogue, its facts, how they are read
from the real cluster, and what it needs once. `kinds.py` is the list of them. How pods in one get an identity stays out.
"""
