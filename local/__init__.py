"""The cloud on your desk: storage, Functions host, Event Grid and model server on loopback; never deployed."""
