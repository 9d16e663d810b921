"""A discrete-event simulation of documents that pass the stages on many instances, within the services' limits."""
