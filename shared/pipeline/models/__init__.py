"""Ask models: prompts, limits, fallback, one paid call per distinct request."""
