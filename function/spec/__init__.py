"""How specs are read: strict models, types of fields, and a reader that finds every error.

What several rooms need to read a spec may enter. The fields themselves stay out: they are in the rooms that use them. The
reader knows a few names of fields for its hints.
"""
