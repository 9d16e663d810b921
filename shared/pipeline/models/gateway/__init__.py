"""The one way to a model: stored answers, one paid call per distinct request, limits."""
