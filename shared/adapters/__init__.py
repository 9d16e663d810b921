"""What the core needs, done with one SDK or library each; `shared/bootstrap.py` is the only place that builds them."""
