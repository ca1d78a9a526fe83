"""Digital PDF: characters and lines of each page, in displayed coordinates."""
