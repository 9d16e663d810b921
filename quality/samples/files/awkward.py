"""Files that a drop folder sees sooner or later; each must end in a clear outcome."""

from fpdf.enums import EncryptionMethod

from quality.samples.content import invoices
from quality.samples.content.words import GERMAN
from quality.samples.layouts.letter import letter
from quality.samples.paper import Paper

NO_PAGES = b"""%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [] /Count 0 >>
endobj
xref
0 3
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000058 00000 n\x20
trailer
<< /Size 3 /Root 1 0 R >>
startxref
110
%%EOF
"""


def encrypt_pdf() -> bytes:
    """Return a PDF that asks for a password before it shows anything."""
    pdf = Paper()
    pdf.set_encryption("owner", "reader", EncryptionMethod.RC4)
    pdf.pen()
    pdf.write_line(20, 20, "Nobody should read this without the password.")
    return pdf.data()


def awkward() -> dict[str, bytes]:
    """Return the files by their names."""
    invoice = letter(invoices.MUEHLE, GERMAN)
    return {
        "empty.pdf": b"",
        "text-named.pdf": b"This is a plain text file that somebody renamed.\n",
        "encrypted.pdf": encrypt_pdf(),
        "no-pages.pdf": NO_PAGES,
        "cut-off.pdf": invoice[: len(invoice) // 3],
        "Rechnung für Frau Müller – März 🧾.pdf": invoice,
    }
