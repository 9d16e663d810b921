"""The engine with the models that are in its package, held to little memory."""

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rapidocr import RapidOCR

LINES_AT_A_TIME = 1
"""Six lines at a time, RapidOCR's default, take 959 MiB on a dense page and no less work; one takes 508 (ADR 13)."""


@lru_cache(maxsize=1)
def engine(threads: int, detection_side: int) -> "RapidOCR":
    """Return the engine with `threads` per picture. It has its models, so it never downloads any."""
    from rapidocr import RapidOCR

    made = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # the angle classifier corrupts long lines
            "Global.use_preprocess_img": False,
            "Global.use_vertical_padding": False,
            "Global.return_word_box": True,
            "Det.limit_type": "max",
            "Det.limit_side_len": detection_side,
            "Rec.rec_batch_num": LINES_AT_A_TIME,
        }
    )
    made.cfg._set_flag("allow_objects", True)  # noqa: FBT003, SLF001 - OmegaConf's documented way to hold objects
    made.cfg.Det.session = _session("PP-OCRv6_det_small.onnx", threads)
    made.cfg.Rec.session = _session("PP-OCRv6_rec_small.onnx", threads)
    return made


def _session(model: str, threads: int) -> Any:  # noqa: ANN401 - published without types
    """Load a model that gives memory back; its threads sleep while they wait, for spinning costs a third more CPU."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = files("rapidocr") / "models" / model
    return InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
