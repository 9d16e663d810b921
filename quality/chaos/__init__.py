"""Put documents through a whole cloud while everything around them breaks, and audits from the outside what came."""
