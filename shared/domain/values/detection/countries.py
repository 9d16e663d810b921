"""Which countries a text speaks for: tax and bank numbers, legal forms, names, addresses."""

import re
from collections.abc import Iterator
from functools import cache

from shared.domain.cldr.tables import load_tables

_VAT = re.compile(
    r"(?<![A-Z0-9])(?P<country>AT(?=U)|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE)"
    r"[ -]?(?=[A-Z0-9. -]{8,15})[A-Z]?\d[\dA-Z]?(?:[ .-]?\d){5,10}[A-Z]?\d{0,2}(?![A-Z0-9])"
)
_IBAN = re.compile(r"(?<![A-Z0-9])(?P<country>[A-Z]{2})\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])")
_US_STATE = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_ADDRESSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("US", re.compile(rf"(?<![A-Za-z])(?:{_US_STATE}),?\s+\d{{5}}(?:-\d{{4}})?(?!\d)")),
    ("AU", re.compile(r"(?<![A-Za-z])(?:NSW|VIC|QLD|TAS|ACT|SA|WA|NT),?\s+\d{4}(?!\d)")),
    ("CA", re.compile(r"(?<![A-Za-z0-9])[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d(?![A-Za-z0-9])")),
    ("GB", re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])")),
    ("IN", re.compile(r"(?<![A-Z0-9])\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d](?![A-Z0-9])")),
    ("NL", re.compile(r"(?<![A-Za-z0-9])[1-9]\d{3} [A-Z]{2} [A-Z][a-z]")),
    ("JP", re.compile(r"〒\s?\d{3}-\d{4}")),
)
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(r"(?<!\d)(?<!\d )(?:\+|00)(?P<prefix>\d{1,3})[ (.-]")
_PHONES = {
    "61": "AU", "64": "NZ", "65": "SG", "852": "HK", "44": "GB", "49": "DE", "43": "AT", "41": "CH", "33": "FR",
    "34": "ES", "39": "IT", "31": "NL", "32": "BE", "351": "PT", "48": "PL", "46": "SE", "45": "DK", "47": "NO",
    "358": "FI", "420": "CZ", "36": "HU", "40": "RO", "90": "TR", "91": "IN", "92": "PK", "94": "LK", "977": "NP",
    "62": "ID", "60": "MY", "63": "PH", "66": "TH", "84": "VN", "81": "JP", "82": "KR", "86": "CN", "886": "TW",
    "55": "BR", "52": "MX", "54": "AR", "56": "CL", "57": "CO", "51": "PE", "27": "ZA", "234": "NG", "254": "KE",
    "971": "AE", "966": "SA", "965": "KW", "973": "BH", "968": "OM", "962": "JO", "964": "IQ", "216": "TN", "20": "EG",
    "353": "IE", "354": "IS", "972": "IL",
}  # fmt: skip
_WORDS: dict[str, str] = {
    "AU": "abn|acn|pty ltd|pty|sydney|melbourne|brisbane|perth|adelaide|canberra",
    "NZ": "nzbn|auckland|wellington|christchurch",
    "SG": "pte ltd|uen",
    "HK": "kowloon",
    "CA": "hst|qst|pst|toronto|montréal|montreal|vancouver|ottawa|calgary",
    "US": "ein|inc|llc|sales tax|zip code",
    "GB": "plc|sort code|companies house|london|manchester|birmingham|edinburgh|bristol|hmrc",
    "IE": "dublin|eircode",
    "IN": "gstin|cgst|sgst|igst|pvt ltd|private limited|pan no|ifsc|mumbai|delhi|bengaluru|bangalore"
    "|chennai|kolkata|hyderabad|pune|lakh|crore",
    "PK": "karachi|lahore|islamabad|ntn",
    "LK": "colombo",
    "NP": "kathmandu",
    "DE": "gmbh|ust-idnr|steuernummer|amtsgericht|handelsregister|berlin|hamburg|münchen|köln|bremen|frankfurt",
    "AT": "wien|firmenbuch|uid-nr|graz|salzburg|linz",
    "CH": "zürich|genève|bern|basel|mwst-nr|luzern",
    "FR": "siret|siren|sarl|sas|rcs|ape|paris|lyon|marseille",
    "BE": "bvba|sprl|bruxelles|brussel|antwerpen",
    "ES": "s.l|nif|cif|madrid|barcelona|valencia|sevilla",
    "IT": "s.p.a|s.r.l|p.iva|partita iva|codice fiscale|milano|roma",
    "NL": "b.v|kvk|btw-nr|amsterdam|rotterdam|utrecht",
    "PT": "lda|lisboa|porto|nipc",
    "PL": "sp. z o.o|nip|regon|warszawa",
    "SE": "organisationsnummer|bankgiro|plusgiro|stockholm|göteborg|malmö",
    "DK": "cvr|aps|a/s|københavn|aarhus",
    "NO": "org.nr|orgnr|mva|oslo|bergen|trondheim",
    "FI": "oy|y-tunnus|helsinki",
    "IS": "ehf|kennitala|reykjavík",
    "CZ": "s.r.o|ičo|dič|praha",
    "HU": "kft|adószám|budapest",
    "RO": "s.c|bucurești",
    "TR": "vergi dairesi|istanbul|ankara",
    "ID": "npwp|ppn|jakarta|surabaya|bandung|bali|jl",
    "MY": "sdn bhd|sdn. bhd|kuala lumpur|selangor|johor|penang",
    "PH": "manila|quezon|tin no",
    "TH": "bangkok",
    "VN": "hà nội|hanoi|ho chi minh|mst",
    "JP": "tokyo|東京都|株式会社|消費税",
    "CN": "上海|北京|深圳|有限公司|增值税|人民币",
    "TW": "台北|統一編號",
    "KR": "서울|사업자등록번호",
    "BR": "cnpj|cpf|são paulo",
    "MX": "rfc|cfdi|s.a. de c.v",
    "AR": "cuit|buenos aires",
    "CL": "rut|santiago",
    "CO": "nit|bogotá",
    "PE": "ruc|lima",
    "ZA": "(pty) ltd|johannesburg|cape town|durban",
    "AE": "trn|dubai|abu dhabi",
    "SA": "riyadh|jeddah",
    "KW": "kuwait city|w.l.l",
    "BH": "manama",
    "OM": "muscat",
    "JO": "amman",
    "TN": "tunis|matricule fiscal",
    "IL": "tel aviv",
}
"""Legal forms, names of tax numbers, cities and other words of a country, in lower case."""
_WEAK = frozenset(
    {"inc", "llc", "plc", "ein", "bali", "sas", "ape", "porto", "roma", "lima", "santiago", "mst", "trn", "oy", "perth"}
)
STRONG, NAMED, WEAK = 1.5, 1.0, 0.5
"""Log-odds that a tax or bank number, a name, and a word that other countries use too speak for a country."""
Source = tuple[str, str, float]
"""A country, what speaks for it, and how much."""


def find_countries(text: str, words: str) -> Iterator[Source]:
    """Yield what a text says of countries; `words`: the same text in lower case, spaces around it."""
    if _DIGIT.search(text):
        yield from _find_numbered_countries(text)
    for match in _words().finditer(words):
        for country in _countries_by_word()[match.group()]:
            yield country, match.group(), WEAK if match.group() in _WEAK else NAMED


def _find_numbered_countries(text: str) -> Iterator[Source]:
    """Yield what the numbers of a text say of countries: of taxes, banks, places and telephones."""
    for match in _VAT.finditer(text):
        country = {"EL": "GR", "XI": "GB", "CHE": "CH"}.get(match["country"], match["country"])
        yield country, "tax number", STRONG
    for match in _IBAN.finditer(text):
        if _is_iban(match.group()):
            yield match["country"], "bank number", STRONG
    for country, pattern in _ADDRESSES:
        if pattern.search(text):
            yield country, "address", STRONG
    for match in _PHONE.finditer(text):
        if match["prefix"] in _PHONES:
            yield _PHONES[match["prefix"]], "telephone", NAMED


def _is_iban(text: str) -> bool:
    """Return whether the check digits of an IBAN fit."""
    code = text.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1


@cache
def _countries_by_word() -> dict[str, tuple[str, ...]]:
    pairs = [(word, country) for country, words in _WORDS.items() for word in words.split("|")]
    for country in {*_WORDS, "GR", "LU", "UA", "RU", "EG", "NG", "KE", "BD", "IQ", "LY", "HR", "SI", "SK", "BG"}:
        pairs += [(name.casefold(), country) for name in load_tables().countries[country].names]
    pairs += [("usa", "US"), ("u.s.a", "US"), ("uk", "GB"), ("england", "GB"), ("scotland", "GB"), ("uae", "AE")]
    by_word: dict[str, tuple[str, ...]] = {}
    for word, country in pairs:
        by_word[word] = (*by_word.get(word, ()), country)
    return by_word


@cache
def _words() -> re.Pattern[str]:
    words = sorted(_countries_by_word(), key=len, reverse=True)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(re.escape(word) for word in words) + r")(?![^\W_])")


def decimal_sign_of(country: str) -> str:
    """Return the decimal sign that CLDR states for a country; "" when there is none."""
    habits = load_tables().countries.get(country)
    return habits.decimal_sign if habits else ""


def date_order_of(country: str) -> str:
    """Return the order of the short date that CLDR states for a country: "dmy", "mdy" or "ymd"; "" without one."""
    habits = load_tables().countries.get(country)
    return habits.date_order if habits else ""


def groups_with_space(country: str) -> bool:
    """Return whether CLDR states a space as the grouping sign of a country."""
    habits = load_tables().countries.get(country)
    return habits is not None and habits.groups_with_space
