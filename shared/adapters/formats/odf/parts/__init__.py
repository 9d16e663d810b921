"""The parts of an OpenDocument file: its ZIP, its styles, the names of its XML."""
