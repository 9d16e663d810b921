"""An OpenAI-compatible server for loopback use, answered by an offline reader: deterministic, no language model."""
