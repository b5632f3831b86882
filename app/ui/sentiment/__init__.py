"""Parts of the sentiment lab."""
