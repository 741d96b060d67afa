"""What can be wrong with tables, their columns and sequences."""
