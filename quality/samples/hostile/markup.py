"""Text files that are deep, long or full of entities."""

NESTED_ELEMENTS = 10_000
LONG_LINE_CELLS = 20_000


def entity_bomb() -> bytes:
    """Return an XML file of 1 kB that expands to 10 GB."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "intray">{entities}]><a>&e9;</a>\n'.encode()


def external_entity() -> bytes:
    """Return an XML file that asks for a file of the machine that reads it."""
    return b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/hostname">]><a>&file;</a>\n'


def deep_xml() -> bytes:
    """Return an XML file of 10,000 elements inside each other."""
    return b'<?xml version="1.0"?>' + b"<a>" * NESTED_ELEMENTS + b"x" + b"</a>" * NESTED_ELEMENTS


def deep_html() -> bytes:
    """Return a web page of 10,000 elements inside each other."""
    return b"<!DOCTYPE html><title>Deep</title>" + b"<div>" * NESTED_ELEMENTS + b"The innermost text."


def long_line() -> bytes:
    """Return a CSV file of one row with 20,000 cells."""
    return b";".join(b"%d" % number for number in range(LONG_LINE_CELLS)) + b"\n"
