"""What comes in and what goes out. Answers are plain dicts; their schemas here describe them in openapi.yaml."""
