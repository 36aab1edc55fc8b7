"""Composed resources, whatever their cloud: how one is built, when it is ready, and in which order they are deleted.

What reads a spec stays out, and what only one cloud has.
"""
