"""Read the YAML files of a document type within limits, and locate problems in them."""
