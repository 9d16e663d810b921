"""Which documents the two sets hold."""

from local.samples.twins.case import TwinCase
from local.samples.twins.clean_files import CLEAN_FILES
from local.samples.twins.clean_pdfs import CLEAN_PDFS
from local.samples.twins.defective_files import DEFECTIVE_FILES
from local.samples.twins.defective_pdfs import DEFECTIVE_PDFS

CLEAN: tuple[TwinCase, ...] = (*CLEAN_PDFS, *CLEAN_FILES)
DEFECTIVE: tuple[TwinCase, ...] = (*DEFECTIVE_PDFS, *DEFECTIVE_FILES)
