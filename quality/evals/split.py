"""Halves of labelled documents that share no seller and no merchant."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from quality.evals.comparing.normalize import remove_spaces
from quality.evals.sets.labelled import Labelled

PARTIES = ("seller_name", "merchant_name", "vendor_name", "payer_name", "issuer_name")
ALIKE = 85.0
"""Similarity (0..100, of the shorter name within the longer one) from which two names count as one party."""


def groups(documents: Sequence[Labelled]) -> list[str]:
    """For each document a name that it shares with every document of the same party; without a party its own file."""
    names = [_party(document.fields) for document in documents]
    known = sorted(set(filter(None, names)))
    heads = {name: name for name in known}
    for name, other in itertools.combinations(known, 2):
        if heads[name] != heads[other] and fuzz.partial_ratio(name, other) >= ALIKE:
            joined, gone = sorted((heads[name], heads[other]))
            heads = {key: joined if head == gone else head for key, head in heads.items()}
    return [heads.get(name, document.file) for name, document in zip(names, documents, strict=True)]


def halves(groups: Sequence[str]) -> list[int]:
    """0 or 1 for each document, by its group: the same always, and as even as whole groups allow.

    The largest group first, each goes where fewer documents are; groups of one size come in the order of their hash.
    """
    sizes = {group: groups.count(group) for group in set(groups)}
    order = sorted(sizes, key=lambda group: (-sizes[group], hashlib.sha256(group.encode()).hexdigest()))
    counts = [0, 0]
    side: dict[str, int] = {}
    for group in order:
        side[group] = int(counts[1] < counts[0])
        counts[side[group]] += sizes[group]
    return [side[group] for group in groups]


def _party(fields: Mapping[str, Any]) -> str:
    return next((remove_spaces(str(fields[name])) for name in PARTIES if fields.get(name)), "")
