"""Changes to a target that can go back: operations, the journal of what was done, the runner."""
