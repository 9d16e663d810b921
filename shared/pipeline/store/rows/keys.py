"""Names of tables, partitions and keys of rows."""

CATALOG = "catalog"
ACTIVE = "active"

DOCUMENTS = "documents"

EVENT_PREFIX = "event-"

REVIEWS = "review"
"""The catalog partition that lists the open cases."""

UNTYPED = "untyped"
"""The catalog partition of the Documents that wait for a type; a row says which types were tried."""

UNSCANNED = "unscanned"
"""The catalog partition of the uploads that are held until there is a malware verdict, or another one."""

WAIT_PREFIX = "wait-"

RUN_PREFIX = "run-"
