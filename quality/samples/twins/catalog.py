"""Which documents the two sets hold."""

from quality.samples.twins.case import TwinCase
from quality.samples.twins.clean_files import CLEAN_FILES
from quality.samples.twins.clean_pdfs import CLEAN_PDFS
from quality.samples.twins.defective_files import DEFECTIVE_FILES
from quality.samples.twins.defective_pdfs import DEFECTIVE_PDFS

CLEAN: tuple[TwinCase, ...] = (*CLEAN_PDFS, *CLEAN_FILES)
DEFECTIVE: tuple[TwinCase, ...] = (*DEFECTIVE_PDFS, *DEFECTIVE_FILES)
