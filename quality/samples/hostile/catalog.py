"""Which hostile files there are, and what must come of each."""

from quality.samples.content import invoices
from quality.samples.content.words import GERMAN
from quality.samples.files.awkward import NO_PAGES, encrypt_pdf
from quality.samples.hostile import containers, images, markup, pdfs
from quality.samples.hostile.case import HostileCase
from quality.samples.layouts.letter import letter

_PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4

HOSTILE = (
    HostileCase("empty.pdf", "empty", "reject_cleanly", lambda: b"", "empty"),
    HostileCase("no-pages.pdf", "empty", "reject_cleanly", lambda: NO_PAGES, "no_pages"),
    HostileCase("cut-in-half.pdf", "truncated", "process_or_reject", pdfs.cut_in_half),
    HostileCase("cut-off.png", "truncated", "reject_cleanly", images.cut_off_image, "unreadable"),
    HostileCase("encrypted.pdf", "encrypted", "reject_or_ask_password", encrypt_pdf, "password_required"),
    HostileCase("encrypted.zip", "encrypted", "reject_or_ask_password", containers.encrypted_zip, "password_required"),
    HostileCase("program.pdf", "wrong_extension", "reject_cleanly", lambda: _PROGRAM, "unsupported"),
    HostileCase("invoice.jpg", "wrong_extension", "process_ok", lambda: letter(invoices.MUEHLE, GERMAN)),
    HostileCase("bomb.zip", "bomb", "reject_bounded_memory", containers.zip_bomb, "too_large"),
    HostileCase("bomb.docx", "bomb", "reject_bounded_memory", containers.word_bomb, "too_large"),
    HostileCase("bomb.png", "bomb", "reject_bounded_memory", images.image_bomb, "too_large"),
    HostileCase("entities.xml", "xml_entities", "reject_cleanly", markup.entity_bomb, "unreadable"),
    HostileCase("entities.docx", "xml_entities", "reject_cleanly", containers.word_entities, "unreadable"),
    HostileCase("external-entity.xml", "xml_entities", "reject_cleanly", markup.external_entity, "unreadable"),
    HostileCase("deep.xml", "nesting", "reject_cleanly", markup.deep_xml, "unreadable"),
    HostileCase("deep.html", "nesting", "reject_cleanly", markup.deep_html, "no_pages"),
    HostileCase("deep-arrays.pdf", "nesting", "process_or_reject", pdfs.deep_arrays),
    HostileCase("nested.zip", "nesting", "process_or_reject", containers.nested_zips),
    HostileCase("nested.eml", "nesting", "process_or_reject", containers.nested_mails),
    HostileCase("endless-page-tree.pdf", "nesting", "process_or_reject", pdfs.endless_page_tree),
    HostileCase("escaping-names.zip", "unsafe_names", "process_ok", containers.escaping_names),
    HostileCase("huge-page.pdf", "oversized", "process_ok", pdfs.huge_page),
    HostileCase("many-pages.pdf", "oversized", "bounded_time", pdfs.many_pages),
    HostileCase("long-line.csv", "oversized", "process_or_reject", markup.long_line),
    HostileCase("hidden-total.pdf", "hidden_text", "total_must_be_119_and_flag", pdfs.hidden_total),
)
