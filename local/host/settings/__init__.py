"""Read the configuration of the host: host.json, app settings, access keys, storage clients."""
