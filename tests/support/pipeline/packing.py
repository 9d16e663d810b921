"""Files that hold files, in a format that a scripted unpacker knows."""

import json
from collections.abc import Sequence
from typing import Any

from shared.testing.unpacking import ScriptedUnpacker
from tests.support.pipeline.world import World, make_world


def packed(*members: tuple[str, bytes], kind: bytes = b"PK") -> bytes:
    """A file with these members (name and content): a ZIP, or of another `kind` by its first bytes."""
    return kind + json.dumps([(name, data.decode("latin-1")) for name, data in members]).encode()


def members_of(data: bytes) -> Sequence[tuple[str, bytes]]:
    """What `packed` put in; nothing for any other file."""
    start = data.find(b"[[")
    return [(name, text.encode("latin-1")) for name, text in json.loads(data[start:])] if start >= 0 else []


def packing_world(**options: Any) -> World:
    """A World that can take files out of files."""
    unpacker = ScriptedUnpacker(members_of)
    return make_world(unpackers={"application/pdf": unpacker, "application/zip": unpacker}, **options)
