"""The projector: words as points in space."""
