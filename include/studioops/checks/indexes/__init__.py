"""What can be wrong with indexes."""
