"""What can be wrong with references."""
