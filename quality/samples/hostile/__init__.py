"""Generate files that break document pipelines, each with what a good system does about it."""
