"""Who gets an identity: the PodIdentity's fields but for its cloud's, the subjects that they list, service accounts, status.

The cloud's section is not read here. Entries of the catalogue stay out: their facts stand in the spec before it is read.
"""
