"""Contents of type folders that are wrong, each in a way of its own."""

from shared.document_types.yaml_files.bounded_yaml import MAX_NODES
from shared.document_types.yaml_files.folder import MAX_YAML_BYTES

GOOD = b"name: t\ntitle: T\nschema: {type: object, properties: {number: {type: string}}}\n"


def with_field(body: str) -> bytes:
    """Return a type whose only field has this body."""
    return f"name: t\ntitle: T\nschema:\n  type: object\n  properties:\n    total: {body}\n".encode()


def with_rules(rules: str) -> bytes:
    """Return a type with these rules."""
    return GOOD + f"rules: {rules}\n".encode()


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"\n".join(
    b"%c: &%c [%s]" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
)
WRONG = {
    "unhashable kind": with_field("{type: number, title: Total, x-kind: [money]}"),
    "a severity that is a list": with_field("{type: string, x-identifier: vat, x-invalid-as-printed: [warning]}"),
    "an unknown severity": with_field("{type: string, x-identifier: vat, x-invalid-as-printed: info}"),
    "a severity without a check": with_field("{type: string, x-invalid-as-printed: warning}"),
    "kind is an object": with_field("{x-kind: {money: 1}}"),
    "list as a key": b"? [a]\n: b\n",
    "object as a key": b"? {a: b}\n: c\n",
    "date as a key": GOOD + b"2026-01-31: x\n",
    "number as a key": GOOD + b"7: x\n",
    "truth value as a key": with_field("{yes: x}"),
    "nothing as a key": GOOD + b"~: x\n",
    "aliases that multiply": BOMB,
    "an anchor on itself": b"&a [*a]\n",
    "an anchor in an object of itself": b"a: &a\n  b: *a\n",
    "a merged anchor": b"a: &a {b: 1}\nc:\n  <<: *a\n",
    "an alias of nothing": b"a: *b\n",
    "a tag of Python": b"a: !!python/object/apply:os.system [ls]\n",
    "a tag of its own": GOOD + b"description: !secret x\n",
    "binary": GOOD + b"description: !!binary aGVsbG8=\n",
    "a set": GOOD + b"labels: !!set {a, b}\n",
    "pairs": GOOD + b"labels: !!pairs [a: b]\n",
    "deep lists": b"a: " + b"[" * 5000 + b"]" * 5000,
    "deep lists left open": b"a: " + b"[" * 5000,
    "deep objects": b"a: " + b"{a: " * 3000 + b"1" + b"}" * 3000,
    "deep blocks": b"\n".join(b" " * n + b"a:" for n in range(400)),
    "deep sequences": b"- " * 3000 + b"a",
    "many values": b"a: [" + b"1," * (MAX_NODES + 1) + b"]",
    "too many bytes": b"# " + b"x" * MAX_YAML_BYTES,
    "a long key": b"a" * 2000 + b": " + b"b" * 2000,
    "an integer beyond all conversion": GOOD + b"description: " + b"9" * 5000 + b"\n",
    "a large integer": with_rules("[{id: r, expression: 'true', message: m, tolerance: " + "9" * 40 + "}]"),
    "infinity by exponent": with_rules("[{id: r, expression: 'true', message: m, tolerance: 1.0e+999}]"),
    "infinity": with_rules("[{id: r, expression: 'true', message: m, tolerance: .inf}]"),
    "not a number": GOOD + b"policy: {accept_at: .nan}\n",
    "retention beyond all dates": GOOD + b"policy: {retention_days: 999999999999}\n",
    "a date that is none": GOOD + b"description: 2026-13-45\n",
    "not UTF-8": GOOD + b"description: \xff\xfe\xfa\n",
    "UTF-16": "name: [\n".encode("utf-16"),
    "NUL": GOOD + b"description: a\x00b\n",
    "escaped NUL": GOOD + b'description: "a\\0b"\n',
    "half a surrogate pair": GOOD + b'description: "\\ud800"\n',
    "escape sequences of terminals": GOOD + b'description: "\\e[2J"\n',
    "two documents": GOOD + b"---\n" + GOOD,
    "nothing": b"",
    "comments only": b"# nothing\n",
    "a list": b"[1, 2]\n",
    "a text": b"text\n",
    "name is a number": GOOD.replace(b"name: t", b"name: 5"),
    "name is a list": GOOD.replace(b"name: t", b"name: [t]"),
    "name is an object": GOOD.replace(b"name: t", b"name: {a: b}"),
    "name of another folder": GOOD.replace(b"name: t", b"name: ../own"),
    "title is an object": GOOD.replace(b"title: T", b"title: {a: b}"),
    "labels that are numbers": GOOD + b"labels: [1, 2]\n",
    "labels that are lists": GOOD + b"labels: [[a]]\n",
    "labels that are an object": GOOD + b"labels: {a: b}\n",
    "labels of a field that are numbers": with_field("{type: string, x-labels: [1]}"),
    "schema is a text": b"name: t\ntitle: T\nschema: text\n",
    "properties is a list": b"name: t\ntitle: T\nschema: {type: object, properties: [a]}\n",
    "required holds lists": b"name: t\ntitle: T\nschema: {type: object, properties: {a: {}}, required: [[a]]}\n",
    "a field is a text": with_field("text"),
    "a field of null only, with a kind": with_field('{type: ["null"], x-kind: money}'),
    "two types": with_field("{type: [string, number]}"),
    "a type that is a list of lists": with_field("{type: [[string]]}"),
    "format is a list": with_field("{type: string, format: [date]}"),
    "a pattern that is no regular expression": with_field("{type: string, pattern: '('}"),
    "a reference to itself": with_field("{$ref: '#'}"),
    "choices that are objects": with_field("{enum: [{a: b}]}"),
    "identifier is a list": with_field("{type: string, x-identifier: [iban]}"),
    "terms that are objects": with_field("{type: string, x-einvoice: [{a: b}]}"),
    "rules are an object": with_rules("{a: b}"),
    "rules are texts": with_rules("[a, b]"),
    "a rule's id is a list": with_rules("[{id: [a], expression: 'true', message: m}]"),
    "a rule's fields are numbers": with_rules("[{id: r, expression: 'true', message: m, fields: [1]}]"),
    "many rules": with_rules("[" + ",".join(f"{{id: r{n}, expression: 'true', message: m}}" for n in range(300)) + "]"),
    "an order of objects": with_rules("[{order: [{a: b}, {c: d}]}]"),
    "a sum of lists": with_rules("[{sum: [a], equals: b}]"),
    "policy is a list": GOOD + b"policy: [a]\n",
    "policy unique holds lists": GOOD + b"policy: {unique: [[a]]}\n",
    **{
        f"the expression {expression[:12]}": with_rules(f"[{{id: r, message: m, expression: '{expression}'}}]")
        for expression in (
            "(" * 500 + "true" + ")" * 500,
            "(" * 900,
            "[" * 490 + "]" * 490,
            "f(" * 300 + ")" * 300,
            "1.0+" * 5000 + "1.0 == 1.0",
            "!" * 10_000 + "true",
            'number.matches("(a{900}){900}")',
            "number + 1.0 == 2.0",
        )
    },
}  # fmt: skip
