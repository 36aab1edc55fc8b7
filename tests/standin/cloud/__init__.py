"""The emulated cloud: state, the calls that change it, and the journal of these calls."""
