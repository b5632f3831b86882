"""The parts of the shape-curve lab."""
