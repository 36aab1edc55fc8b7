"""The platform's catalogue as PodIdentities use it: entries that Crossplane fetched, and their facts put into a spec.

How an entry itself is composed stays out: podidentitycluster/.
"""
