"""Deployments that the commands can work on besides the local cloud."""
