"""Read scans and photos with Pillow, which runs in child processes: its codecs parse hostile bytes."""

from shared.adapters.images.reader.reader import MEDIA_TYPES, PillowReader

__all__ = ["MEDIA_TYPES", "PillowReader"]
