"""Composed resources, whatever their cloud."""
