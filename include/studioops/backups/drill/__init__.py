"""The drill: a backup restored elsewhere and judged twice."""
