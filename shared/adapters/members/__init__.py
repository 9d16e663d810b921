"""Extract the members of archives, mails and office files."""
