"""A content fingerprint of tables: how many rows, and what is in them, whatever their order."""
