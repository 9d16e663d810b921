"""Properties of colours."""


def lightness(red: float, green: float, blue: float) -> float:
    """Return how light a colour (0..1 each) is, 0 (black) to 1 (white), by the weights of ITU-R BT.601."""
    return 0.299 * red + 0.587 * green + 0.114 * blue
