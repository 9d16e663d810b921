"""The offline reader: answers a structured-output request from the page lines, images and schema inside it."""
