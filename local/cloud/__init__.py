"""Put the parts together: one running cloud on this machine, its addresses, and clients for it."""
