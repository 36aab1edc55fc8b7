"""Who gets an identity: the part of a PodIdentity that says nothing of a cloud.

What a cloud makes of it stays out; so do the catalogue's entries, whose facts are in the spec before it is read.
"""
