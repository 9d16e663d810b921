"""What names and addresses look like: general knowledge, no document's or company's in particular."""

import re

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.rule_reader.text.folding import plain

_SUFFIX = re.compile(
    r"(?<!\d\s)(?<![^\W_])(gmbh|mbh|ag|kg|ohg|gbr|ug|e\.?\s?k|se|ltd|limited|llc|llp|inc|corp|corporation|plc|pty|pvt|pte|bhd|"
    r"sdn\.?\s?bhd|s/b|co|company|sarl|sas|sasu|eurl|s\.?a|s\.?l|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|vof|a/s|aps|ab|oy|as|"
    r"sp\.?\s?z\s?o\.?o|s\.?r\.?o|kft|zrt|enterprise|enterprises|trading|group|holdings|a\.?g)\.?(?![^\W_])",
    re.IGNORECASE,
)
_TITLES = frozenset(
    [
        "invoice",
        "tax",
        "receipt",
        "bill",
        "simplified",
        "copy",
        "original",
        "duplicate",
        "page",
        "statement",
        "rechnung",
        "handelsrechnung",
        "quittung",
        "seite",
        "facture",
        "avoir",
        "factuur",
        "kopie",
        "factura",
        "fattura",
        "credit",
        "note",
        "gutschrift",
        "official",
        "cash",
        "official",
        "payment",
        "order",
        "form",
        "delivery",
        "summary",
        "total",
        "welcome",
        "thank",
        "you",
        "debit",
        "nota",
        "avoir",
    ]
)
_STAMPS = frozenset(
    re.findall(
        r"\w+",
        "paid received void draft copy duplicate cancelled canceled specimen sample approved posted overdue entwurf "
        "kopie bezahlt eingegangen erhalten storniert muster gebucht duplikat paye acquitte recu copie annule "
        "brouillon pagado recibido copia anulado borrador pagato ricevuto annullato bozza betaald ontvangen concept "
        "kopia betald betalt",
    )
)
_BESIDE_STAMP = frozenset(["on", "am", "le", "by", "the", "not", "only", "for", "in", "full"])
_SALUTATION = re.compile(
    r"(?:herrn?|frau|mr|mrs|ms|dr|attn|attention|z\.?\s?hd|c/o|an|to|t\.?a\.?v)\b[.:]?\s*", re.IGNORECASE
)
_CONTACT = re.compile(
    r"@|www\.|https?:|(?<![^\W_])(?:tel|te1|phone|telefon|telephone|fon|fax|mobile|hp|e-?mail|email|url|web|internet)(?![^\W\d_])"
    r"|☎|✆|✉|\+\d{2}[\s(]|\d{3,}[\s/-]+\d{3,}[\s-]\d|(?<!\d)0\d{1,3}[\s-]?\d{5,8}(?!\d)",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"(?<![^\W_])(?:gst|vat|ust|tax|tva|btw|reg|registration|co\.?\s?reg|company\s?no|roc|siret|kvk|gln|iban|bic|swift|"
    r"hrb|hra|steuer\S*|sst|tin|brn)(?![^\W_])[^\n]*\d{4}|(?:gst|sst|vat|st)\s?id\D{0,6}\d{6}|"
    r"(?<!\w)(?:id|no|nr)\.?\s?:?\s?\d{8}|\(?\d{5,}\s?-\s?[A-Z]\s?\)?|\([A-Z]{0,3}\d{5,}[-A-Z\d]*\)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"(?<!\d)(?:[A-Z]{1,2}[- ])?\d{4,6}(?:[ .]+|,(?=\w))[^\W\d_]{2,}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|"
    r"\b[A-Z]{2},? \d{5}\b|\b\d{4} ?[A-Z]{2}\b|\b(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? \d{4}\b|"
    r"(?<![^\W\d_])(?!(?i:lot|unit|block|box)\b)[^\W\d_]{3,}[ ,.-]+\d{5,6}(?!\d)",
)
_STREET = re.compile(
    r"(?<![^\W_])(?:street|st|road|rd|avenue|ave|lane|drive|way|square|floor|suite|unit|lot|block|blk|no|"
    r"jalan|jln|jl|jin|lorong|"
    r"taman|tmn|kampung|(?:^|(?<=[,\d] ))kg(?=\.?\s)|"
    r"persiaran|plaza|mall|rue|chemin|boulevard|bd|place|via|viale|piazza|calle|avenida|rua|ul|"
    r"plein|laan|po box|postfach|village|taluk|level|building|ground|industrial|perindustrian)(?![^\W\d_])|"
    r"(?:stra(?:ss|ß)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|straat|gade|vej|gatan)\s+\d",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"[^\d:]{5,30}\s\d{1,3}\s?[A-Za-z]?,?|\d{1,5}[A-Z]?,?\s[^\d:]{5,30}(?:\s\d{1,3})?")
_NEVER = re.compile(
    r".*\bthank|.*\b(?:for|happy) shopping\b|.*\bcome again\b|"
    r"\(|©|dear\b|sehr geehrte|cher\b|chère\b|beste\b|page\b|seite\b",
    re.IGNORECASE,
)
_SHORTEST, _PLACE_WORDS = 2, 4  # letters of a name, words of a place
_TOO_LONG = 75  # characters
_FEW_DIGITS = 0.25  # of the characters


def is_only_suffix(text: str) -> bool:
    """Return whether a legal form stands alone, its name on the line above."""
    return not re.search(r"[^\W\d_]{2,}", _SUFFIX.sub("", clean_name(text)))


def has_suffix(text: str) -> bool:
    """Return whether a legal form or the like is part of the text: GmbH, Ltd, Sdn Bhd, Inc."""
    return _SUFFIX.search(text) is not None


def is_contact(text: str) -> bool:
    """Telephone, mail or web."""
    return _CONTACT.search(text) is not None


def is_registration(text: str) -> bool:
    """Return a company's or tax office's number."""
    return _REGISTRATION.search(text) is not None


def has_postcode(text: str) -> bool:
    """Return a postal code with a place."""
    return _POSTCODE.search(text) is not None


def is_address(text: str) -> bool:
    """Return a street, a place, or part of one."""
    return has_postcode(text) or _STREET.search(text) is not None or _HOUSE.fullmatch(text.strip()) is not None


def is_title(text: str) -> bool:
    """Only words that title documents."""
    words = re.findall(r"[^\W\d_]+", plain(text))
    return bool(words) and all(word in _TITLES for word in words)


def is_stamp(text: str) -> bool:
    """Return whether the text reads as a stamp or a watermark: PAID, RECEIVED with a date, ENTWURF, COPY, VOID."""
    for day in reversed(find_dates(text, Conventions())):
        text = text[: day.start] + text[day.end :]
    words = set(re.findall(r"[^\W\d_]+", plain(text)))
    return bool(words & _STAMPS) and words <= _STAMPS | _BESIDE_STAMP


def is_salutation(text: str) -> bool:
    """Only a form of address."""
    return _SALUTATION.fullmatch(text.strip() + " ") is not None


def is_name(text: str) -> bool:
    """Return whether the text could be the name of a company or person."""
    stripped = text.strip()
    letters = sum(char.isalpha() for char in stripped)
    digits = sum(char.isdigit() for char in stripped)
    if letters < _SHORTEST or len(stripped) > _TOO_LONG or digits > _FEW_DIGITS * len(stripped) + 0.5:
        return False
    if (
        is_contact(stripped)
        or is_title(stripped)
        or is_stamp(stripped)
        or is_salutation(stripped)
        or _NEVER.match(stripped)
    ):
        return False
    return ":" not in stripped.rstrip(":") or has_suffix(stripped)


def is_place(text: str) -> bool:
    """Only words, as a last line with a state or country has; no title and no greeting."""
    words = re.findall(r"[^\W\d_]+", text)
    return 0 < len(words) <= _PLACE_WORDS and not re.search(r"[\d:#*]", text) and not is_title(text) and is_name(text)


def clean_name(text: str) -> str:
    """Return a name without a registration number in brackets at its end and without leading signs."""
    text = re.sub(r"\s*[（(](?=[^()]*\d{4})[^()]*[)）]?\s*$", "", text)
    return text.strip(" :,;|-–●•*#")
