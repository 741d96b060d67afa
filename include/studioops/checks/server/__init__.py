"""What can be wrong with the server and the database as a whole."""
