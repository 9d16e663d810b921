"""What holds inside a group of RTF."""

from copy import replace
from dataclasses import dataclass

from shared.adapters.formats.rtf import marks
from shared.adapters.formats.rtf.fields import Field
from shared.adapters.formats.rtf.stories import Story


@dataclass(slots=True)
class Group:
    """A group; what begins with it (`picture`, `story`, `field`, …) ends with it, the rest holds in groups inside, too.

    `collects`: the destination whose letters are gathered; `is_copy`: it repeats what stands elsewhere.
    """

    start: int = 0
    is_new: bool = True
    hidden: bool = False
    deleted: bool = False
    struck: bool = False
    font: int | None = None
    skip_after_unicode: int = 1
    is_skipped: bool = False
    is_copy: bool = False
    in_picture: bool = False
    in_result: bool = False
    collects: str = ""
    has_picture: bool = False
    has_fonts: bool = False
    collects_itself: bool = False
    story: Story | None = None
    field: Field | None = None
    shown_before: int | None = None
    """Of an object: how much was shown before it."""

    def begin_inside(self, start: int) -> "Group":
        """Return a group that begins inside this one."""
        return replace(
            self,
            start=start,
            is_new=True,
            has_picture=False,
            has_fonts=False,
            collects_itself=False,
            story=None,
            field=None,
            shown_before=None,
        )

    @property
    def span(self) -> str:
        """The mark that its text begins with."""
        if self.hidden or self.deleted:
            return marks.HIDDEN
        return marks.STRUCK if self.struck else ""

    def set_look(self, word: str, number: int | None, default_font: int | None) -> None:
        """Take the look of the text from a control word, when it says something about that."""
        is_on = number != 0
        match word:
            case "v":
                self.hidden = is_on
            case "deleted":
                self.deleted = is_on
            case "strike" | "striked":
                self.struck = is_on
            case "plain":
                self.hidden = self.deleted = self.struck = False
                self.font = default_font
            case "f":
                self.font = number
            case "uc":
                self.skip_after_unicode = max(number or 0, 0)
