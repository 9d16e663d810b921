"""The two ways in which uploads are announced; `INTRAY_INTAKE` chooses which of them is registered."""
