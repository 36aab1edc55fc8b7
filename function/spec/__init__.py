"""How specs are read: strict models, the types of their fields, and a reader that finds every error.

What is common to the specs of all kinds may enter: no field of one kind of cluster, and nothing of one cloud but ARNs, which
clusters have, too.
"""
