"""Runs: what they are, who carries them out, where they are kept."""
