"""Composed resources, whatever their cloud: how one is built, when it is ready, and in which order they are deleted.

Code that reads a spec or knows a cloud may not enter.
"""
