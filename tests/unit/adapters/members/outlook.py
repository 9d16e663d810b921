"""Outlook's MSG files, written byte by byte ([MS-CFB], [MS-OXMSG]): a library that writes them does not exist."""

import struct

SECTOR, MINI = 512, 64
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ROOT, _STORAGE, _STREAM = 5, 1, 2

type Tree = dict[str, bytes | Tree]


def message(texts: dict[int, str], header: int = 32, attachments: tuple[Tree, ...] = ()) -> Tree:
    """A message with text properties by their id, and attachments. `header`: 32 at the top, 24 inside another."""
    counts = struct.pack("<8x4I", 0, len(attachments), 0, len(attachments)).ljust(header, b"\0")
    tree = _properties(counts, {number: text.encode("utf-16-le") for number, text in texts.items()}, 0x001F)
    return tree | {f"__attach_version1.0_#{place:08X}": one for place, one in enumerate(attachments)}


def attachment(name: str, content: bytes | Tree) -> Tree:
    """A file of this name, or a message inside the message."""
    tree = _properties(bytes(8), {0x3707: name.encode("utf-16-le")}, 0x001F)
    if isinstance(content, dict):
        return tree | {"__substg1.0_3701000D": content}
    added = _properties(b"", {0x3701: content}, 0x0102)
    streams = [one["__properties_version1.0"] for one in (tree, added)]
    values = b"".join(stream for stream in streams if isinstance(stream, bytes))
    return tree | added | {"__properties_version1.0": values}


def compound_file(tree: Tree) -> bytes:
    """The tree as a compound file; its streams (each below 4,096 bytes) lie in the mini stream, as they must."""
    entries: list[bytes] = []
    data: list[bytes] = []
    _add("Root Entry", tree, _ROOT, entries, data)
    starts, small = _chained([len(stream) for stream in data], MINI)
    stream = b"".join(_padded(one, MINI) for one in data)
    after = -(-len(entries) * 128 // SECTOR)
    directory = b"".join(_placed(entry, starts, (after, len(stream))) for entry in entries)
    chains = [_padded(one, SECTOR) for one in (directory, stream, struct.pack(f"<{len(small)}I", *small))]
    (_, _, minifat), fat = _chained([len(chain) for chain in chains], SECTOR)
    table = struct.pack(f"<{len(fat) + 1}I", *fat, _FAT).ljust(SECTOR, b"\xff")
    assert len(table) == SECTOR
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<10I", 0, 1, 0, 0, 4096, minifat, 1, _END, 0, len(fat))
    return head.ljust(SECTOR, b"\xff") + b"".join(chains) + table


def _chained(sizes: list[int], unit: int) -> tuple[list[int], list[int]]:
    """Where streams of these sizes begin when one follows the other, and the table that chains their sectors."""
    starts, table = [], list[int]()
    for size in sizes:
        starts.append(len(table))
        table += [*range(len(table) + 1, len(table) + max(-(-size // unit), 1)), _END]
    return starts, table


def _padded(data: bytes, unit: int) -> bytes:
    return data.ljust(max(-(-len(data) // unit), 1) * unit, b"\0")


def _properties(header: bytes, values: dict[int, bytes], kind: int) -> Tree:
    rows = b"".join(
        struct.pack("<4I", number << 16 | kind, 6, len(data) + 2 * (kind == 0x001F), 0)
        for number, data in values.items()
    )
    streams: Tree = {f"__substg1.0_{number:04X}{kind:04X}": data for number, data in values.items()}
    return streams | {"__properties_version1.0": header + rows}


def _add(name: str, node: bytes | Tree, kind: int, entries: list[bytes], data: list[bytes]) -> int:
    """Append an entry and all below it; its number. Siblings are chained to the right. The start is put in later."""
    number = len(entries)
    entries.append(b"")
    child = _FREE
    start, size = 0, 0
    if isinstance(node, dict):
        for below, content in reversed(node.items()):
            inner = _add(below, content, _STORAGE if isinstance(content, dict) else _STREAM, entries, data)
            entries[inner] = entries[inner][:72] + struct.pack("<I", child) + entries[inner][76:]
            child = inner
    else:
        data.append(node)
        start, size = len(data) - 1, len(node)
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<3I", _FREE, _FREE, child)
    entries[number] = (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
    return number


def _placed(entry: bytes, starts: list[int], root: tuple[int, int]) -> bytes:
    """The entry with the sector at which its stream begins, instead of the stream's number; the root has them all."""
    start, size = struct.unpack_from("<IQ", entry, 116)
    if entry[66] == _STREAM:
        start = starts[start]
    elif entry[66] == _ROOT:
        start, size = root
    return entry[:116] + struct.pack("<IQ", start, size)
