"""Take mails apart: a document of head and body, and each attachment. EML and MBOX by Python's email, MSG by oxmsg."""

from shared.adapters.members.mail.eml import mail_entries, mbox_entries, tnef_entries
from shared.adapters.members.mail.formats.smime import smime_entries
from shared.adapters.members.mail.msg import msg_entries

__all__ = ["mail_entries", "mbox_entries", "msg_entries", "smime_entries", "tnef_entries"]
