"""Run the function app in worker processes and exchange messages with them."""
