"""Plan and inject faults."""
