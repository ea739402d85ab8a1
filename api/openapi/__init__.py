"""openapi.yaml: made from the doors, with examples that the engine answered."""
