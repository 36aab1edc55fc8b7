"""Whom a role admits."""
