"""Build what reads and unpacks each file format: the part of the bootstrap that grows with the formats."""

from functools import partial
from typing import TYPE_CHECKING

from shared.document_types.vocabulary import einvoice_vocabulary
from shared.domain.content.formats import FORMATS, OFFICE_OPEN_XML
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.adapters.isolation import ProcessPool
    from shared.ports.isolation import Isolation
    from shared.ports.reading import EmbeddedDataReader, Parser, Reader
    from shared.ports.unpacking import Unpacker


def readers(options: Settings, pool: "ProcessPool") -> "dict[str, Reader]":
    """Whatever reads a file's pages, by media type; parsers run in `pool`."""
    from shared.adapters.images.deskew import DeskewingReader
    from shared.adapters.images.reader import MEDIA_TYPES, PillowReader
    from shared.adapters.pdf import PyMuPDFReader
    from shared.adapters.typesetting import TypesettingLimits, TypesettingReader

    pages = pool.within(options.page_seconds, "INTRAY_PAGE_SECONDS")
    pictures = DeskewingReader(PillowReader(pool, options.max_pixels, pages=pages))
    pdf = PyMuPDFReader(pool, pages=pages)
    limits = TypesettingLimits(options.max_pages, options.max_pixels)
    typeset = {
        media_type: DeskewingReader(TypesettingReader(pool, parser, pdf, limits))
        for media_type, parser in _parsers(options).items()
    }
    return {"application/pdf": DeskewingReader(pdf), **dict.fromkeys(MEDIA_TYPES, pictures), **typeset}


def _parsers(options: Settings) -> "dict[str, Parser]":
    """Who parses what has no pages of its own, by media type."""
    from shared.adapters.einvoice import EInvoiceParser
    from shared.adapters.formats.docx import parse_docx
    from shared.adapters.formats.html import parse_html
    from shared.adapters.formats.markdown import markdown
    from shared.adapters.formats.odf import parse_ods, parse_odt
    from shared.adapters.formats.ole import parse_ole
    from shared.adapters.formats.pptx import parse_pptx
    from shared.adapters.formats.rtf import parse_rtf
    from shared.adapters.formats.text import parse_csv, parse_text
    from shared.adapters.formats.xls import parse_xls
    from shared.adapters.formats.xlsx import parse_xlsx
    from shared.adapters.formats.xml import parse_xml
    from shared.adapters.formats.zip_guard import parse_guarded

    text = partial(parse_text, markdown=markdown)
    chunks: dict[str, Parser] = {"HTML": parse_html, "RTF": parse_rtf, "text": text}
    inner = partial(parse_guarded, parser=partial(parse_docx, chunk_parsers=chunks), most_bytes=options.unpacked_bytes)
    plain: dict[str, Parser] = {
        "DOCX": partial(parse_docx, chunk_parsers={**chunks, "DOCX": inner}),
        "XLSX": parse_xlsx,
        "PPTX": parse_pptx,
        "ODT": parse_odt,
        "ODS": parse_ods,
    }
    zipped = {
        name: partial(parse_guarded, parser=parser, most_bytes=options.unpacked_bytes) for name, parser in plain.items()
    }
    ole = partial(parse_ole, parsers={"XLS": parse_xls, **zipped})
    parsers: dict[str, Parser] = {
        **zipped,
        "text": text,
        "CSV": parse_csv,
        "HTML": parse_html,
        "XML": EInvoiceParser(einvoice_vocabulary(), parse_xml),
        "RTF": parse_rtf,
        **dict.fromkeys(("XLS", "OLE compound file"), ole),
    }
    return {media_type: parsers[name] for media_type, name in FORMATS.items() if name in parsers}


def embedded_data_readers(pool: "Isolation") -> "dict[str, EmbeddedDataReader]":
    """Return what reads the data that a file says of itself, by media type."""
    from shared.adapters.einvoice import LxmlEInvoiceFile, LxmlEInvoices
    from shared.adapters.pdf import PyMuPDFEInvoice

    vocabulary = einvoice_vocabulary()
    return {
        "application/pdf": LxmlEInvoices(pool, vocabulary, PyMuPDFEInvoice(pool)),
        "application/xml": LxmlEInvoices(pool, vocabulary, LxmlEInvoiceFile(pool, vocabulary)),
    }


def unpackers(pool: "Isolation") -> "dict[str, Unpacker]":
    """Return what takes files out of a file, by media type."""
    from shared.adapters.members.archives import bzip2_entries, gzip_entries, tar_entries, xz_entries, zip_entries
    from shared.adapters.members.mail import mail_entries, mbox_entries, msg_entries, smime_entries, tnef_entries
    from shared.adapters.members.mail.formats.uuencoded import uuencoded_entries
    from shared.adapters.members.office import office_entries, old_workbook_entries
    from shared.adapters.members.unpacker import MemberUnpacker
    from shared.adapters.pdf import pdf_entries

    formats = {
        "application/pdf": pdf_entries,
        "application/zip": zip_entries,
        "application/x-tar": tar_entries,
        "application/gzip": gzip_entries,
        "application/x-bzip2": bzip2_entries,
        "application/x-xz": xz_entries,
        "text/x-uuencode": uuencoded_entries,
        "message/rfc822": mail_entries,
        "application/mbox": mbox_entries,
        "application/vnd.ms-outlook": msg_entries,
        "application/vnd.ms-tnef": tnef_entries,
        "application/pkcs7-mime": smime_entries,
        **dict.fromkeys(OFFICE_OPEN_XML, office_entries),
        "application/vnd.ms-excel": old_workbook_entries,
    }
    return {media_type: MemberUnpacker(pool, entries) for media_type, entries in formats.items()}
