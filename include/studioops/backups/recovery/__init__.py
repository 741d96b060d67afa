"""Recovery: a proven backup restored beside, proven, and swapped in."""
