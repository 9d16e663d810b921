"""Join the lines of `format=flowed` texts (RFC 3676), which a mail program broke and a reader's program joins again."""

from itertools import takewhile

_SIGNATURE = "-- "


def join_flowed_lines(text: str, *, delete_space: bool) -> str:
    """Return the text with its soft line breaks undone: a line that ends with a space continues in the next.

    `delete_space`: the space before the break is part of the break (DelSp=yes).
    """
    joined: list[str] = []
    flows, depth = False, 0
    for raw in text.splitlines():
        quotes = sum(1 for _ in takewhile(lambda sign: sign == ">", raw))
        line = raw[quotes:].removeprefix(" ")
        if flows and quotes == depth and line != _SIGNATURE:
            joined[-1] += line
        else:
            joined.append(f"{'>' * quotes} {line}" if quotes else line)
        flows, depth = line.endswith(" ") and line != _SIGNATURE, quotes
        if flows and delete_space:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined) + ("\n" if text.endswith("\n") else "")
