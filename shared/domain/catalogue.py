"""The model deployments at hand: what each can do, and what it costs."""

from shared.domain.frozen import Frozen
from shared.domain.model_call import Capability, Usage


class Deployment(Frozen):
    """A deployment: its capabilities and list prices in dollars per million tokens."""

    name: str
    capabilities: frozenset[Capability]
    input_price: float
    cached_price: float
    output_price: float


class Catalogue(Frozen):
    """Deployments, cheapest first. Tasks ask for a capability, never for a name."""

    deployments: tuple[Deployment, ...]

    def for_task(self, capability: Capability) -> Deployment:
        """The first deployment with `capability`; LookupError says that none is configured."""
        for deployment in self.deployments:
            if capability in deployment.capabilities:
                return deployment
        message = f"no deployment in the catalogue has the capability {capability!r}"
        raise LookupError(message)

    def cost(self, deployment: str, usage: Usage) -> float:
        """What an answered request costs in dollars: fresh input, cached input and output at list price."""
        prices = next(entry for entry in self.deployments if entry.name == deployment)
        fresh = usage.prompt - usage.cached
        dollars_per_million = (
            fresh * prices.input_price + usage.cached * prices.cached_price + usage.completion * prices.output_price
        )
        return round(dollars_per_million / 1_000_000, 8)
