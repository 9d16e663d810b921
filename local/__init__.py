"""The local cloud: storage, Functions host, Event Grid and model server on loopback; never deployed."""
