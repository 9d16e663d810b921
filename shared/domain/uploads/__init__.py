"""What those who drop files see of an upload, and the rules of the container that it lies in."""
