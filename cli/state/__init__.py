"""What a deployment keeps: back it up, restore it, and check that this version can read it."""
