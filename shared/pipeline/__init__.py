"""The stages of a Run: plain functions over ports. Every step may be repeated; none may be lost."""
