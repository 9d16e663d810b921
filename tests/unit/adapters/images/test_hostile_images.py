"""The images of the hostile sets through sniffer and reader: what each comes to."""

from pathlib import Path

import pytest

from shared.adapters.formats.sniffer import sniff
from shared.adapters.images.reader import MEDIA_TYPES, PillowReader
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import SourceFile
from shared.testing.isolation import InlineIsolation

ROOT = Path(__file__).resolve().parents[4]
HOSTILE = ROOT.parent / "shared" / "data" / "hostile"
SAMPLES = {"bomb.png": "too_large", "cut-off.png": "unreadable", "invoice.jpg": "unsupported"}
"""Files of samples/hostile; `invoice.jpg` is a PDF."""
FOLDERS = {
    "img_exif_orientation": 11,
    "img_cmyk": 2,
    "img_odd_bitdepth": 10,
    "img_multiframe": 6,
    "img_heic": 7,
    "img_misc_formats": 9,
    "img_bomb": 3,
    "img_broken": 8,
    "img_fuzz": 9,
}
DAMAGED = {
    "img_bomb/7357284ef3_decompression_bomb.gif": "too_large",
    "img_bomb/caa9ece68f_oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif": "unreadable",
    "img_bomb/fe159c5b06_decompression_bomb.ico": "unsupported",
    "img_broken/1b6dfa9df2_broken_data_stream.png": "unreadable",
    "img_broken/2a5b52ceb3_truncated_end_chunk.png": "unreadable",
    "img_broken/6c61140490_broken.png": "unreadable",
    "img_broken/9a83b18bfa_truncated_jpeg.jpg": "unreadable",
    "img_misc_formats/1eaa47e4c3_testBPG_commented.bpg": "unsupported",
    "img_misc_formats/69ea01bf88_testPSD_xmp.psd": "unsupported",
    "img_misc_formats/b2a580a55a_testBPG.bpg": "unsupported",
    "gen_hostile/020eb9f15a_strip_1x200000.png": "unreadable",
    "gen_hostile/9488427e9a_pdf_named.jpg": "unsupported",
}
"""What is refused, and why; `img_fuzz` is refused as a whole. `pdf_named.jpg` is a PDF, which another reader reads."""
SEVERAL = {
    "img_misc_formats/3e425e4682_testTIFF_multipage.tif": 2,
    "img_multiframe/35a540467b_multipage_multiple_frame_loop.tiff": 2,
    "img_multiframe/686716559d_multipage-mmap.tiff": 3,
    "img_multiframe/e6ea0b435d_multipage.tiff": 3,
    "img_odd_bitdepth/82da2ad317_mode_16bit.png": 3,
}
UPRIGHT = {"763aaa228b": 3, "f8b4e516fe": 4, "5b4f75fd08": 5, "679f835a17": 6, "bbfe3a7571": 8}
"""The same fax in five orientations, by the beginning of its name."""

large_set = pytest.mark.skipif(not HOSTILE.is_dir(), reason="the real documents (../shared/data) are not here")


def files(folder: str) -> list[Path]:
    """The images of a folder of the set."""
    if folder == "gen_hostile":
        return [HOSTILE / name for name in DAMAGED if name.startswith(folder)]
    return sorted((HOSTILE / folder).iterdir())


async def outcome(path: Path) -> str | int:
    """The code with which a file is refused, or how many pages were read, all of them with a picture."""
    if sniff(str(path)) not in MEDIA_TYPES:
        return "unsupported"
    reader = PillowReader(InlineIsolation(), 150_000_000)
    try:
        count = await reader.count(SourceFile(path))
        numbers = range(1, count + 1)
        pages = [page async for page in reader.pages(SourceFile(path), numbers, Ceiling(500), Ceiling(500))]
    except Unreadable as refusal:
        return refusal.code
    assert all(page.picture is not None and page.page.problem is None for page in pages)
    return len(pages)


def expected(path: Path) -> str | int:
    """What is written down for a file."""
    name = path.relative_to(HOSTILE).as_posix()
    if name.startswith("img_fuzz/"):
        return "unreadable"
    return DAMAGED.get(name) or SEVERAL.get(name, 1)


@large_set
@pytest.mark.parametrize("folder", [*FOLDERS, "gen_hostile"])
async def test_each_image_comes_to_what_is_written_down(folder: str) -> None:
    """Odd ones are read, damaged ones refused; nothing passes for a blank page, and nothing brings the process down."""
    found = files(folder)
    assert FOLDERS.get(folder, 2) == len(found)
    assert {path.name: expected(path) for path in found} == {path.name: await outcome(path) for path in found}


@large_set
async def test_the_same_fax_is_upright_whichever_way_it_was_stored() -> None:
    """Five orientations, one of them mirrored and on its side, are one page of 590 x 88 pixels."""
    sizes = {}
    for path in files("img_exif_orientation"):
        if path.name[:10] in UPRIGHT:
            reader = PillowReader(InlineIsolation())
            async for source in reader.pages(SourceFile(path), [1], Ceiling(500), Ceiling(500)):
                sizes[UPRIGHT[path.name[:10]]] = (source.page.width, source.page.height)
    assert dict.fromkeys(UPRIGHT.values(), (590, 88)) == sizes


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_that_is_no_good_image_is_refused(name: str) -> None:
    """Too many pixels, a transfer that broke off, and another format under the name of a picture."""
    assert SAMPLES[name] == await outcome(ROOT / "samples" / "hostile" / "files" / name)
