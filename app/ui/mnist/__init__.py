"""Parts of the digits lab."""
