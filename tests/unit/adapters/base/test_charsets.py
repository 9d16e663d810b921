"""Text in every encoding that people still send: by its label as browsers read it, or by what its bytes look like."""

from functools import partial
from pathlib import Path

import pytest

from shared.adapters.base.charsets import decode_text, find_codec
from shared.adapters.formats.html import parse_html
from shared.adapters.formats.markdown import markdown
from shared.adapters.formats.text import parse_csv, parse_text
from shared.adapters.formats.xml import parse_xml
from shared.domain.content.blocks import NotRead
from shared.ports.reading import SourceFile
from tests.unit.adapters.formats.test_office_parsers import said

LANGUAGES = {
    "German": ("cp1252", "Weiß Handels GmbH\nRechnungsnummer: E-1\nGesamtbetrag: 1.190,00 €\n"),
    "German, few letters": ("cp1252", "Nordlicht\nGießerei 5\n"),
    "French": ("cp1252", "Facture n° 12\nMontant réglé à l'échéance : 12,00 €\n"),
    "Spanish": ("cp1252", "Factura nº 12 — año 2025\nImporte total señalado\n"),
    "English, pounds": ("cp1252", "Invoice 12\nTotal £12.00\n"),
    "English, quotes": ("cp1252", "Invoice 12\nThe customer’s total – 12.00\n"),
    "English, signs": ("cp1252", "“Café” – 10 µm ±5% ½ ©2024 ®\n"),
    "Danish": ("cp1252", "Faktura\nBeløb: 12,00 kr. Skråvej 5, Åbenrå\n"),
    "Portuguese": ("cp1252", "Fatura nº 5\nPreço unitário, descrição: serviço de manutenção\n"),
    "Polish": ("cp1250", "Faktura nr 12\nNależność za usługi: 12,00 zł\n"),
    "Polish, ISO": ("iso-8859-2", "Faktura nr 12\nNależność za usługi: 12,00 zł. Spółka, Łódź\n"),
    "Czech": ("cp1250", "Faktura č. 12\nDatum splatnosti: příští týden, částka k úhradě\n"),
    "Hungarian": ("cp1250", "Számla\nFizetendő összeg: 12 Ft, határidő\n"),
    "Turkish": ("cp1254", "Fatura 12\nÖdenecek tutar: şirket, ığdır, İstanbul\n"),
    "Lithuanian": ("cp1257", "Sąskaita faktūra\nMokėtina suma šiandien\n"),
    "Russian": ("cp1251", "Счёт № 12\nИтого к оплате: 12,00 руб.\n"),
    "Russian, KOI8": ("koi8-r", "Счет 12\nИтого к оплате: 12,00 руб.\n"),
    "Russian, DOS": ("cp866", "Счет 12\nИтого к оплате: 12,00 руб.\n"),
    "Greek": ("cp1253", "Τιμολόγιο 12\nΣύνολο πληρωμής: 12,00 €\n"),
    "Hebrew": ("cp1255", "חשבונית 12\nסך הכל לתשלום\n"),
    "Arabic": ("cp1256", "فاتورة 12\nالمجموع الكلي\n"),
    "Thai": ("cp874", "ใบแจ้งหนี้\nยอดรวม 12\n"),
    "Japanese": ("cp932", "請求書\n合計金額 12,000円 株式会社テスト\n"),
    "Japanese, EUC": ("euc_jp", "請求書\n合計金額 12,000円 株式会社テスト\n"),
    "Japanese, mail": ("iso2022_jp", "請求書\n合計金額 12,000円\n"),
    "Chinese": ("gb18030", "发票\n合计金额 12,00元 有限公司\n"),
    "Chinese, Taiwan": ("big5", "發票\n合計金額 12,00元 有限公司\n"),
    "Korean": ("cp949", "세금계산서\n합계 금액 12,000원\n"),
    "Mac": ("mac_roman", "Rechnung für Müller, Straße\nGesamt 12,00 €\n"),
    "DOS": ("cp850", "Rechnung für Müller\nGrüße aus der schönen Straße\n"),
    "UTF-16 without its mark": ("utf-16-le", "Rechnung für Müller\nGesamt 12,00 €\n"),
    "UTF-16, large end first": ("utf-16-be", "請求書\n合計金額 12,000円\n"),
    "UTF-32": ("utf-32-le", "Rechnung für Müller\n"),
    "UTF-8": ("utf-8", "Rechnung für Müller, 5 €\n"),
}


@pytest.mark.parametrize("repeated", [1, 30])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_that_names_no_encoding_is_read_right(language: str, repeated: int) -> None:
    """A few lines, and a whole page of it."""
    encoding, text = LANGUAGES[language]
    assert (text * repeated, False) == decode_text((text * repeated).encode(encoding))


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "5 € „x“"),
        ("latin1", "cp1252", "5 €"),
        ("US-ASCII", "cp1252", "5 €"),
        ("us-ascii", "utf-8", "5 €"),
        ("iso-8859-1", "utf-8", "Grüße, 5 €"),
        ("utf-8", "cp1252", "Grüße, 5 €"),
        ("iso-8859-9", "cp1254", "5 € ğış"),
        ("gb2312", "gbk", "發票 镕"),
        ("shift_jis", "cp932", "①㈱高橋"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("windows-1251", "cp1251", "Ё"),
        ("KOI8-R", "koi8-r", "Итого"),
        ("cp850", "cp850", "für"),
        ("x-mac-roman", "mac_roman", "für"),
        ("euc-jp", "euc_jis_2004", "①㈱"),
        ("nonsense", "utf-8", "ü"),
        ("base64", "utf-8", "ü"),
        ("utf-16", "utf-16", "ü 5 €"),
    ],
)
def test_a_label_means_what_it_means_to_a_browser(label: str, encoding: str, text: str) -> None:
    """By the table of the WHATWG Encoding standard; a label that the bytes belie does not count."""
    assert (text, False) == decode_text(text.encode(encoding), label)


def test_bytes_that_fit_no_encoding_are_reported() -> None:
    """One bad byte leaves the rest of the text as it is."""
    text = "Rechnung für Müller: 5 €\nGießerei\n"
    damaged = text.encode().replace("ß".encode(), b"\xdf")
    assert (text, True) == decode_text(damaged)
    assert (text[:-1] + "ÿþ", True) == decode_text(text.encode()[:-1] + b"\xff\xfe")
    assert ("Itogo \ufffd", True) == decode_text(b"Itogo \x81", "windows-1252")
    assert decode_text("Итого 12\n".encode("cp1251")).doubtful


def test_names_that_are_no_encoding_of_text_are_none() -> None:
    """Python's codecs hold more than character sets."""
    assert [None] * 4 == [find_codec(label) for label in ("base64", "rot13", "idna", "utf\0-8")]
    assert find_codec("latin-1") is not None


def blocks_not_read(path: Path, parser: object, data: bytes) -> list[str]:
    """The codes of what a parser says that it has not read."""
    path.write_bytes(data)
    assert callable(parser)
    return [block.code for block in parser(SourceFile(path)) if isinstance(block, NotRead)]


@pytest.mark.parametrize("parser", [partial(parse_text, markdown=markdown), parse_csv, parse_html])
def test_every_parser_of_text_reports_it(tmp_path: Path, parser: object) -> None:
    """And none reports sound text."""
    sound = "<p>Grüße;5 €\nMüller;6 €</p>".encode()
    assert [] == blocks_not_read(tmp_path / "x", parser, sound)
    assert ["uncertain_encoding"] == blocks_not_read(tmp_path / "x", parser, sound.replace("ß".encode(), b"\xdf"))


def test_a_page_and_xml_that_say_latin_1_are_windows_1252(tmp_path: Path) -> None:
    """Byte 80 is the euro sign."""
    file = tmp_path / "x"
    file.write_bytes('<meta charset="iso-8859-1"><p>5 €</p>'.encode("cp1252"))
    assert ["5 €"] == said(list(parse_html(SourceFile(file))))
    file.write_bytes('<?xml version="1.0" encoding="ISO-8859-1"?><a>5 €</a>'.encode("cp1252"))
    assert ["a: 5 €"] == said(list(parse_xml(SourceFile(file))))
    file.write_bytes('<?xml version="1.0" encoding="Shift_JIS"?><a>①㈱</a>'.encode("cp932"))
    assert ["a: ①㈱"] == said(list(parse_xml(SourceFile(file))))
    file.write_bytes('<?xml version="1.0" encoding="UTF-8"?><a>5 €</a>'.encode())
    assert ["a: 5 €"] == said(list(parse_xml(SourceFile(file))))


def test_a_page_that_declares_nothing_is_read_in_its_own_letters(tmp_path: Path) -> None:
    """Not only in those of western Europe."""
    file = tmp_path / "x"
    file.write_bytes("<html><p>Счёт № 12, итого к оплате".encode("cp1251"))
    assert ["Счёт № 12, итого к оплате"] == said(list(parse_html(SourceFile(file))))
