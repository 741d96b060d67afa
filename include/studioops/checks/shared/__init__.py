"""SQL that several checks have in common; ``-- include NAME`` on a line puts it in."""
