"""Blobs, tables, queues and clock of Azure Storage."""
