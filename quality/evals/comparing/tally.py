"""Count of right and wrong, and the measures that follow from them."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Tally:
    """How many values the labels have, how many were predicted where they speak, and how many of those are right.

    `unlabelled`: values predicted where the labels say nothing; neither right nor wrong.
    """

    n: int = 0
    predicted: int = 0
    correct: int = 0
    unlabelled: int = 0

    @property
    def precision(self) -> float:
        """Share of the predicted values that is right; 0 without any."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the labelled values that was found; 0 without any."""
        return self.correct / self.n if self.n else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall: 2 x correct / (predicted + n)."""
        return 2 * self.correct / (self.predicted + self.n) if self.predicted + self.n else 0.0

    def plus(self, other: Self) -> "Tally":
        """Both together."""
        return Tally(
            self.n + other.n,
            self.predicted + other.predicted,
            self.correct + other.correct,
            self.unlabelled + other.unlabelled,
        )

    def told(self) -> dict[str, float]:
        """As JSON: the counts, and the measures with four digits."""
        return {
            "n": self.n,
            "predicted": self.predicted,
            "correct": self.correct,
            "unlabelled": self.unlabelled,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
        }


def total(tallies: "list[Tally]") -> Tally:
    """Return all of them together."""
    found = Tally()
    for tally in tallies:
        found = found.plus(tally)
    return found
