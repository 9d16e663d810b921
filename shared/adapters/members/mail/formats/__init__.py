"""The formats of mails and of their parts: MIME, S/MIME, TNEF, uuencode."""
