"""Evaluate the CSS that decides whether and how text is shown."""
