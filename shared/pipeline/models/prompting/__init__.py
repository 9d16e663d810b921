"""Build model requests: prompts, schemas, examples."""
