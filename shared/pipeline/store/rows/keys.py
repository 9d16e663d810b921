"""Names of tables, partitions and keys of rows."""

CATALOG = "catalog"
ACTIVE = "active"

DOCUMENTS = "documents"

EVENT_PREFIX = "event-"

REVIEWS = "review"
"""The catalog partition that lists the open cases."""

UNTYPED = "untyped"
"""The catalog partition of the Documents that wait for a type; a row says which types were tried."""

WAIT_PREFIX = "wait-"

RUN_PREFIX = "run-"
