"""The model deployments at hand: what each can do, and what it costs."""

from pydantic import Field

from shared.domain.base.frozen import Frozen
from shared.domain.models.model_call import Capability, Usage
from shared.domain.reading.ocr_need import Ceiling


class Deployment(Frozen):
    """A deployment: its capabilities, list prices in dollars per million tokens, and what pictures it takes.

    `image_side`: pixels of the longer side of a picture; `image_pixels`: of the whole (0: no bound); more than that
    only costs upload. `model` and `version`: what stands behind the deployment; an evaluation counts for these alone.
    `data_zone`: where it processes, for documents that must stay there; None: anywhere.
    `images`: most pictures in a request (0: it takes text alone). The defaults suit a model that
    counts up to 1,536 patches of 32 pixels (FACTS): a page of 8-point text stays legible.
    """

    name: str
    capabilities: frozenset[Capability]
    input_price: float
    cached_price: float
    output_price: float
    image_side: int = Field(1408, ge=256)
    image_pixels: int = Field(1088 * 1408, ge=0)
    images: int = Field(10, ge=0)
    model: str = ""
    version: str = ""
    data_zone: str | None = None

    @property
    def identity(self) -> str:
        """Its name, with the model and the version behind it where the catalogue states them."""
        behind = " ".join(part for part in (self.model, self.version) if part)
        return f"{self.name} ({behind})" if behind else self.name

    @property
    def ceiling(self) -> Ceiling:
        """The bound of page images for it."""
        return Ceiling(self.image_side, self.image_pixels)


class Catalogue(Frozen):
    """Deployments, cheapest first. Tasks ask for a capability, never for a name."""

    deployments: tuple[Deployment, ...]

    def for_task(self, capability: Capability) -> Deployment:
        """Return the first deployment with `capability`; LookupError says that none is configured."""
        for deployment in self.deployments:
            if capability in deployment.capabilities:
                return deployment
        message = f"no deployment in the catalogue has the capability {capability!r}"
        raise LookupError(message)

    def by_task(self) -> dict[str, tuple[str, ...]]:
        """Return the identities of the deployments that may answer, by capability, in the order of asking."""
        tasks = sorted({capability for entry in self.deployments for capability in entry.capabilities})
        return {
            task: tuple(entry.identity for entry in self.deployments if task in entry.capabilities) for task in tasks
        }

    def after(self, name: str, capability: Capability) -> Deployment | None:
        """Return the next dearer deployment with `capability` than the one called `name`; None when there is none."""
        able = [deployment for deployment in self.deployments if capability in deployment.capabilities]
        names = [deployment.name for deployment in able]
        behind = able[names.index(name) + 1 :] if name in names else []
        return behind[0] if behind else None

    def without(self, name: str) -> "Catalogue":
        """Return the other deployments."""
        return Catalogue(deployments=tuple(entry for entry in self.deployments if entry.name != name))

    def within(self, data_zone: str) -> "Catalogue":
        """Return the deployments that process in a data zone."""
        return Catalogue(deployments=tuple(entry for entry in self.deployments if entry.data_zone == data_zone))

    def missing_within(self, data_zone: str) -> list[Capability]:
        """Return the capabilities that the catalogue has and none of its deployments in a data zone."""
        inside = self.within(data_zone).by_task()
        return sorted(
            {capability for entry in self.deployments for capability in entry.capabilities if capability not in inside}
        )

    def cost(self, deployment: str, usage: Usage) -> float:
        """Return what an answered request costs in dollars: fresh input, cached input and output at list price.

        0 for a deployment that is not in the catalogue any more.
        """
        prices = next((entry for entry in self.deployments if entry.name == deployment), None)
        if prices is None:
            return 0.0
        fresh = usage.prompt - usage.cached
        dollars_per_million = (
            fresh * prices.input_price + usage.cached * prices.cached_price + usage.completion * prices.output_price
        )
        return round(dollars_per_million / 1_000_000, 8)
