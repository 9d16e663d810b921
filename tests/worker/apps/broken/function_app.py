"""An app that cannot be imported."""

raise LookupError("the price list is not there")
