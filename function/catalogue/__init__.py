"""The platform's catalogue as PodIdentities use it: reads entries that Crossplane fetched, and writes their facts into a spec.

How an entry itself is composed stays out: podidentitycluster/.
"""
