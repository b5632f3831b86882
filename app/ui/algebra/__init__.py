"""Parts of the page on word algebra."""
