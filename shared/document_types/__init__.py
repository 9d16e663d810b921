"""Document types: folders of YAML, the loader that reads them, and the rules that check values."""
