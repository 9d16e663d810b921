"""Names of the artifacts that stages leave for each other in the work container."""

DRAFT = "result"
"""The name of the artefact that holds the Result before it is final."""

EXTRACTION = "extraction"
"""The name of the artefact that holds the checked Extraction."""

SURVEY = "survey"
"""The name of the artefact that accounts for every page."""

SECOND_READING = "second-reading"
"""The name of the artefact that holds what the file's own data says."""

AGAIN = "again"
"""The folder of the artefacts that hold the second reading of each range, where a type's policy asks for one."""

MEMBERS = "members"
"""The artefact that accounts for each entry of a file; it is there before the first child is."""

CHOICE = "choice"
"""The name of the artefact that holds the chosen pages."""
