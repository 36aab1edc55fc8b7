"""What users see on a real control plane: `make e2e`; at length by hand: `make faults`, `make load`."""
