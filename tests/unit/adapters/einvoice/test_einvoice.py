"""E-invoices are read by their business terms, in every syntax and version, and hostile ones do no harm."""

from pathlib import Path
from typing import Any

import pymupdf
import pytest

from quality.samples.content.documents import Invoice
from quality.samples.content.invoices import COPPER, IMKEREI, MUEHLE
from quality.samples.files.einvoice import PROFILE, cii, ubl
from shared.adapters.einvoice import LxmlEInvoices
from shared.adapters.einvoice.terms import read_terms
from shared.adapters.formats.sniffer import sniff
from shared.adapters.pdf import PyMuPDFEInvoice
from shared.document_types.vocabulary import einvoice_vocabulary
from shared.domain.base.errors import Unreadable
from shared.domain.types.einvoice import EINVOICE_NAMESPACES, SecondReading, is_einvoice_content
from shared.ports.reading import Attachment, SourceFile
from shared.testing.isolation import InlineIsolation

VOCABULARY = einvoice_vocabulary()
ZUGFERD_1 = """<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15">
  <rsm:HeaderExchangedDocument><ram:ID>RE-7</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>
    <udt:DateTimeString format="102">20130305</udt:DateTimeString></ram:IssueDateTime></rsm:HeaderExchangedDocument>
  <rsm:SpecifiedSupplyChainTradeTransaction>
    <ram:ApplicableSupplyChainTradeAgreement>
      <ram:SellerTradeParty><ram:Name>Lieferant GmbH</ram:Name></ram:SellerTradeParty>
      <ram:BuyerOrderReferencedDocument><ram:ID>B-9</ram:ID></ram:BuyerOrderReferencedDocument>
    </ram:ApplicableSupplyChainTradeAgreement>
    <ram:ApplicableSupplyChainTradeSettlement>
      <ram:SpecifiedTradeSettlementMonetarySummation>
        <ram:GrandTotalAmount currencyID="EUR">11.90</ram:GrandTotalAmount>
      </ram:SpecifiedTradeSettlementMonetarySummation>
    </ram:ApplicableSupplyChainTradeSettlement>
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:SpecifiedSupplyChainTradeDelivery><ram:BilledQuantity unitCode="C62">2.0000</ram:BilledQuantity>
      </ram:SpecifiedSupplyChainTradeDelivery>
      <ram:SpecifiedSupplyChainTradeSettlement>
        <ram:ApplicableTradeTax><ram:ApplicablePercent>19.00</ram:ApplicablePercent></ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementMonetarySummation><ram:LineTotalAmount>10.00</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementMonetarySummation>
      </ram:SpecifiedSupplyChainTradeSettlement>
      <ram:SpecifiedTradeProduct><ram:Name>Trennblätter  A4</ram:Name></ram:SpecifiedTradeProduct>
    </ram:IncludedSupplyChainTradeLineItem>
  </rsm:SpecifiedSupplyChainTradeTransaction>
</rsm:CrossIndustryDocument>"""
ORDER_X = """<o:SCRDMCCBDACIOMessageStructure xmlns:o="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
  xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128">
  <o:ExchangedDocument><r:ID>B-2026-7</r:ID><r:TypeCode>220</r:TypeCode></o:ExchangedDocument>
  <o:SupplyChainTradeTransaction>
    <r:IncludedSupplyChainTradeLineItem><r:SpecifiedLineTradeDelivery>
      <r:RequestedQuantity unitCode="C62">6</r:RequestedQuantity>
    </r:SpecifiedLineTradeDelivery></r:IncludedSupplyChainTradeLineItem>
    <r:ApplicableHeaderTradeSettlement><r:OrderCurrencyCode>EUR</r:OrderCurrencyCode></r:ApplicableHeaderTradeSettlement>
  </o:SupplyChainTradeTransaction>
</o:SCRDMCCBDACIOMessageStructure>"""
CREDIT_NOTE = """<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:PaymentMeans><cbc:PaymentDueDate>2026-05-01</cbc:PaymentDueDate></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="SEK">55.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">5.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:CreditNoteLine><cbc:CreditedQuantity unitCode="C62">3</cbc:CreditedQuantity></cac:CreditNoteLine>
</CreditNote>"""
BOMB = """<?xml version="1.0"?>
<!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "/etc/hostname">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&b;&f;</ID></Invoice>"""


def terms(xml: str | bytes) -> SecondReading:
    """What an e-invoice says."""
    return read_terms(Attachment("invoice.xml", xml.encode() if isinstance(xml, str) else xml), VOCABULARY)


def expected(invoice: Invoice) -> dict[str, tuple[str, ...]]:
    """The terms of an invoice that both syntaxes state."""
    stated = {
        "BT-1": invoice.number,
        "BT-2": invoice.issued,
        "BT-3": 380,
        "BT-5": invoice.currency,
        "BT-9": invoice.due,
        "BT-13": invoice.order,
        "BT-24": PROFILE,
        "BT-27": invoice.seller.name,
        "BT-31": invoice.seller.vat_id,
        "BT-35": invoice.seller.address[0],
        "BT-44": invoice.buyer.name,
        "BT-50": invoice.buyer.address[0],
        "BT-81": 58,
        "BT-84": invoice.seller.iban,
        "BT-106": invoice.net,
        "BT-109": invoice.net,
        "BT-110": invoice.tax,
        "BT-112": invoice.total,
        "BT-113": invoice.prepaid or None,
        "BT-115": invoice.amount_due,
    }
    return {name: (str(value),) for name, value in stated.items() if value is not None}


@pytest.mark.parametrize("write", [cii, ubl], ids=["cii", "ubl"])
@pytest.mark.parametrize("invoice", [IMKEREI, MUEHLE, COPPER], ids=lambda invoice: invoice.number)
def test_both_syntaxes_give_the_same_terms(write: Any, invoice: Invoice) -> None:
    """A term means the same wherever the syntax keeps it; the rows come in order."""
    found = terms(write(invoice))
    assert expected(invoice) == found.terms
    rows = [(row["BT-153"], row["BT-129"], row["BT-131"], row["BT-152"]) for row in found.groups["BG-25"]]
    stated = [(item.description, item.quantity, item.amount, item.tax_rate) for item in invoice.items]
    assert [tuple((str(value),) for value in row) for row in stated] == rows
    assert list(map(str, invoice.taxes.values())) == [row["BT-117"][0] for row in found.groups["BG-23"]]


def test_zugferd_1_0_is_read_by_the_names_of_its_time() -> None:
    """Files of 2014 are in every archive."""
    found = terms(ZUGFERD_1)
    wanted = {"BT-1": "RE-7", "BT-2": "2013-03-05", "BT-13": "B-9", "BT-27": "Lieferant GmbH", "BT-112": "11.90"}
    assert {name: (value,) for name, value in wanted.items()} | {"BT-3": ("380",)} == found.terms
    (row,) = found.groups["BG-25"]
    assert ("Trennblätter A4", "2.0000", "10.00", "19.00") == tuple(
        row[term][0] for term in ("BT-153", "BT-129", "BT-131", "BT-152")
    )


def test_an_order_is_read_like_an_invoice() -> None:
    """Order-X shares the model; its quantities are requested, not billed."""
    found = terms(ORDER_X)
    assert {"BT-1": ("B-2026-7",), "BT-3": ("220",), "BT-5": ("EUR",)} == found.terms
    assert ({"BT-129": ("6",), "BT-130": ("C62",)},) == found.groups["BG-25"]


def test_a_credit_note_has_its_own_names_and_an_amount_in_another_currency_is_not_its_total() -> None:
    """BT-110 is in the invoice's currency; the same element in the accounting currency is BT-111."""
    found = terms(CREDIT_NOTE)
    assert (("5.00",), ("2026-05-01",)) == (found.terms["BT-110"], found.terms["BT-9"])
    assert ("3",) == found.groups["BG-25"][0]["BT-129"]


def test_lines_that_only_group_or_inform_are_no_rows() -> None:
    """The EXTENDED profile marks them; the page shows them as headings."""
    status = b"<ram:LineID>1</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>"
    found = terms(cii(IMKEREI).replace(b"<ram:LineID>1</ram:LineID>", status))
    assert ["2", "3"] == [row["BT-126"][0] for row in found.groups["BG-25"]]


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (BOMB, "unreadable"),
        ("<Invoice", "unreadable"),
        ("", "unreadable"),
        ("<Invoice xmlns='urn:example'/>", "unsupported"),
        ("<a>" * 400 + "</a>" * 400, "unreadable"),
    ],
    ids=["declares entities", "cut off", "empty", "another vocabulary", "nested too deep"],
)
def test_what_is_no_sound_e_invoice_is_refused(xml: str, code: str) -> None:
    """No entity is expanded, no file of ours is read, and what is not known is said."""
    with pytest.raises(Unreadable) as caught:
        terms(xml)
    assert code == caught.value.code


def pdf(path: Path, *attached: tuple[str, bytes]) -> SourceFile:
    """A PDF of one page with attachments."""
    document: Any = pymupdf.open()
    document.new_page().insert_text((50, 100), "Rechnung")
    for name, data in attached:
        document.embfile_add(name, data, filename=name)
    document.save(path)
    return SourceFile(path)


async def read(file: SourceFile) -> SecondReading | None:
    """What the e-invoice inside a PDF says, read in this process."""
    isolation = InlineIsolation()
    return await LxmlEInvoices(isolation, VOCABULARY, PyMuPDFEInvoice(isolation)).read(file)


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
async def test_a_pdf_gives_the_attachment_that_a_standard_names(tmp_path: Path, name: str) -> None:
    """Whatever else is attached, and wherever it stands among the rest."""
    found = await read(pdf(tmp_path / "a.pdf", ("hours.xml", b"<hours/>"), (name, cii(IMKEREI))))
    assert found is not None
    assert (name, (IMKEREI.number,), None) == (found.source, found.terms["BT-1"], found.problem)


async def test_a_pdf_without_an_e_invoice_has_no_second_reading(tmp_path: Path) -> None:
    """Another attachment is a document of its own, not this one's data."""
    assert await read(pdf(tmp_path / "plain.pdf")) is None
    assert await read(pdf(tmp_path / "other.pdf", ("invoice.xml", b"<?xml version='1.0'?><hours/>"))) is None


@pytest.mark.parametrize("name", ["invoice.xml", "data.bin", "xrechnung (1).XML", "Rechnung"])
@pytest.mark.parametrize("write", [cii, ubl])
async def test_an_e_invoice_is_known_by_its_content(tmp_path: Path, name: str, write: Any) -> None:
    """Whatever the attachment is called; one of a fixed name goes before it."""
    found = await read(pdf(tmp_path / "a.pdf", ("hours.xml", b"<hours/>"), (name, write(IMKEREI))))
    assert found is not None
    assert (name, (IMKEREI.number,)) == (found.source, found.terms["BT-1"])
    both = await read(pdf(tmp_path / "b.pdf", (name, write(IMKEREI)), ("factur-x.xml", cii(IMKEREI))))
    assert both is not None
    assert "factur-x.xml" == both.source


async def test_several_e_invoices_that_differ_are_a_problem(tmp_path: Path) -> None:
    """Nobody can tell which one the pages are; copies of one are no problem."""
    other = cii(IMKEREI).replace(IMKEREI.number.encode(), b"OTHER-1")
    found = await read(pdf(tmp_path / "a.pdf", ("a.xml", cii(IMKEREI)), ("b.xml", other)))
    assert found is not None
    assert [True] * 3 == [part in str(found.problem) for part in ("several e-invoices", "a.xml", "b.xml")]
    same = await read(pdf(tmp_path / "b.pdf", ("a.xml", cii(IMKEREI)), ("b.xml", cii(IMKEREI))))
    assert same is not None
    assert same.problem is None


def test_the_namespaces_of_e_invoices_are_those_of_the_vocabulary() -> None:
    """So that what is recognised can be read."""
    assert {root[1:].partition("}")[0] for root in VOCABULARY.roots} == EINVOICE_NAMESPACES


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf<!-- made by x --><rsm:CrossIndustryInvoice xmlns:rsm='%b'/>",
        b"<?xml version='1.0'?>\n<?xml-stylesheet href='a.xsl'?>\n<rsm:CrossIndustryInvoice\n xmlns:rsm='%b'></x>",
    ],
)
def test_an_e_invoice_is_known_behind_what_xml_allows(tmp_path: Path, data: bytes) -> None:
    """Comments, processing instructions, a byte order mark, UTF-16; and text that quotes the namespace is none."""
    namespace = b"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xml = data % namespace
    assert is_einvoice_content(xml)
    assert is_einvoice_content(xml.decode("utf-8-sig").encode("utf-16"))
    assert not is_einvoice_content(b"<list><item xmlns='" + namespace + b"'/></list>")
    assert not is_einvoice_content(b"The namespace is " + namespace)
    (tmp_path / "x").write_bytes(xml)
    assert "application/xml" == sniff(str(tmp_path / "x"))


async def test_an_e_invoice_that_cannot_be_read_is_a_problem_not_an_absence(tmp_path: Path) -> None:
    """Otherwise a broken attachment would pass for none."""
    found = await read(pdf(tmp_path / "a.pdf", ("factur-x.xml", b"not XML")))
    assert found is not None
    assert ("factur-x.xml", {}, True) == (found.source, found.terms, "well-formed" in str(found.problem))
