"""What holds for every cloud."""
