"""An Azure Functions host for one machine: it runs a function app through the real Python worker library."""
