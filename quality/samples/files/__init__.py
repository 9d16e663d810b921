"""Sample files in other formats than PDF and images."""
