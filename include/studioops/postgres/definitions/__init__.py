"""The definitions of all that a database holds, by kind and name, to be compared."""
