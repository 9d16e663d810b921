"""`intray bench scale`: CPU, operations and bytes of one document, throughput, cost, and what bounds growth first."""
