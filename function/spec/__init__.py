"""How specs are read: strict models, types of fields, and a reader that finds every error.

What several folders need to read a spec belongs here. The fields themselves are in the folders that use them; the reader knows
a few names of fields for its hints.
"""
