"""Read the style sheets of a page, and says which of their declarations hold for an element."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.adapters.formats.html.css.declarations import Declaration, can_hide, read_declarations
from shared.adapters.formats.html.css.media_queries import holds_on_screen

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from tinycss2.ast import Node

MAX_RULES = 20_000
MAX_SHEET_CHARACTERS = 2_000_000
MAX_SELECTOR_CHARACTERS = 500
MAX_SELECTOR_TESTS = 100_000
"""Of one selector on one element: the depth of the page to the power of its combinators."""
MAX_SIBLINGS = 300
"""cssselect2 keeps a list of all siblings before each element for `~`."""
MAX_NESTED_RULES = 20
FONT_SERVICES = ("fonts.googleapis.com", "fonts.bunny.net", "use.typekit.net")
"""Their sheets hold fonts and no other rules."""
_WEB_ADDRESS = re.compile(r"\s*(?:https?:)?//([^/\s:?#]+)", re.IGNORECASE)


class MatchedDeclaration(NamedTuple):
    """A declaration of a sheet: the pseudo-element that it is for, its precedence among the sheets' declarations."""

    pseudo: str
    precedence: int
    declaration: Declaration


class StyleSheets:
    """The sheets inside a page. `is_complete`: no sheet is elsewhere, and every rule that may hide text was read."""

    def __init__(self, root: "HtmlElement") -> None:
        self._elements = [element for element in root.iter() if isinstance(element.tag, str)]
        self._depth, self._siblings = _measure(self._elements)
        self._rules = 0
        self._matcher: Any = None
        self.is_complete = True
        for sheet in self._texts(root):
            self._read(sheet)
        self._matches = self._match(root)

    def declarations(self, element: "HtmlElement") -> Sequence[MatchedDeclaration]:
        """Return what the sheets declare for an element, the weakest first."""
        return self._matches.get(element, ())

    def _texts(self, root: "HtmlElement") -> Iterator[str]:
        for element in root.iter("style", "link"):
            if not holds_on_screen(element.get("media", "")):
                continue
            if element.tag == "style":
                yield element.text_content()
            elif "stylesheet" in (relations := element.get("rel", "").lower().split()) and "alternate" not in relations:
                self._refuse_address(element.get("href", ""))

    def _refuse_address(self, address: str) -> None:
        """Note a sheet that is not in the page, when it may address elements of it."""
        host = _WEB_ADDRESS.match(address)
        holds_fonts_only = host is not None and host[1].lower() in FONT_SERVICES
        if address.strip() and not holds_fonts_only and any(map(_is_addressed, self._elements)):
            self.is_complete = False

    def _read(self, sheet: str) -> None:
        import tinycss2

        if len(sheet) > MAX_SHEET_CHARACTERS:
            self.is_complete = False
            return
        self._add_rules(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), 0)

    def _add_rules(self, rules: "Iterable[Node]", depth: int) -> None:
        import tinycss2

        for rule in rules:
            if rule.type == "qualified-rule":
                self._add_rule(rule)
            elif rule.type == "at-rule" and rule.lower_at_keyword == "import":
                address = next((token.value for token in rule.prelude if token.type in ("url", "string")), "")
                self._refuse_address(address or tinycss2.serialize(rule.prelude).partition("(")[2].strip("\"' "))
            elif rule.type == "at-rule" and rule.content is not None and depth < MAX_NESTED_RULES:
                prelude = tinycss2.serialize(rule.prelude)
                holds = rule.lower_at_keyword in ("layer", "supports") and not prelude.strip().startswith("not")
                if holds or (rule.lower_at_keyword == "media" and holds_on_screen(prelude)):
                    inside = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                    self._add_rules(inside, depth + 1)
                elif rule.lower_at_keyword in ("container", "scope"):
                    self.is_complete &= not can_hide(read_declarations(_declarations_below(rule.content)))

    def _add_rule(self, rule: "Node") -> None:
        import cssselect2
        import tinycss2

        nodes = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        nested = [node for node in nodes if node.type in ("qualified-rule", "at-rule")]
        if any(can_hide(read_declarations(_declarations_below(node.content or ()))) for node in nested):
            self.is_complete = False
        declarations = read_declarations(nodes)
        if not declarations:
            return
        text = tinycss2.serialize(rule.prelude)
        self._rules += 1
        selectors = self._compile(rule.prelude, text) if self._rules <= MAX_RULES else None
        if selectors is None and can_hide(declarations) and not _is_vendor_selector(text):
            self.is_complete = False
        self._matcher = self._matcher or cssselect2.Matcher()
        for selector in selectors or ():
            self._matcher.add_selector(selector, declarations)

    def _compile(self, prelude: "Sequence[Node]", text: str) -> Any:  # noqa: ANN401 - cssselect2 has no types
        """Return the selectors of a rule; None when they are not understood or would take too long."""
        import cssselect2

        if not self._is_affordable(text):
            return None
        try:
            return cssselect2.compile_selector_list(prelude)
        except (cssselect2.SelectorError, ValueError, SyntaxError, RecursionError):
            return None

    def _is_affordable(self, selector: str) -> bool:
        if len(selector) > MAX_SELECTOR_CHARACTERS * (1 + selector.count(",")):
            return False
        steps = max(len(re.findall(r"[\s>+~]+(?=[^\s>+~,)])", part.strip())) for part in selector.split(","))
        if ("~" in selector.replace("~=", "") or ":has(" in selector) and self._siblings > MAX_SIBLINGS:
            return False
        return float(self._depth) ** max(steps - 1, 0) <= MAX_SELECTOR_TESTS

    def _match(self, root: "HtmlElement") -> "Mapping[HtmlElement, Sequence[MatchedDeclaration]]":
        import cssselect2

        matches: dict[HtmlElement, list[MatchedDeclaration]] = defaultdict(list)
        if self._matcher is None:
            return matches
        for element in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
            for place, (_, _, pseudo, declarations) in enumerate(self._matcher.match(element)):
                matches[element.etree_element] += [
                    MatchedDeclaration(pseudo or "", place, declaration) for declaration in declarations
                ]
        return matches


def _measure(elements: "Sequence[HtmlElement]") -> tuple[int, int]:
    """Return how deep a page is, and how many children the element with the most has."""
    depths: dict[HtmlElement, int] = {}
    for element in elements:
        parent = element.getparent()
        depths[element] = 1 + (depths.get(parent, 0) if parent is not None else 0)
    return max(depths.values(), default=1), max(map(len, elements), default=0)


def _is_addressed(element: "HtmlElement") -> bool:
    return element.tag not in ("link", "style", "script", "meta") and (
        "class" in element.attrib or "id" in element.attrib
    )


def _is_vendor_selector(text: str) -> bool:
    """Return whether a selector is for one browser's own parts, such as `::-webkit-scrollbar`."""
    return re.search(r"::?-(?:webkit|moz|ms|o)-", text) is not None


def _declarations_below(content: "Iterable[Node]") -> "Iterator[Node]":
    """Yield the declarations of a block and of the rules nested in it."""
    import tinycss2

    stack = [list(content)]
    while stack:
        for node in tinycss2.parse_blocks_contents(stack.pop(), skip_comments=True, skip_whitespace=True):
            if node.type == "declaration":
                yield node
            elif getattr(node, "content", None):
                stack.append(node.content)
