"""The catalogue as PodIdentities use it."""
