"""What adapter groups share: service errors and dates, text encodings, JPEG encoding."""
