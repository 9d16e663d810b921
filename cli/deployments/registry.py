"""Add, list and remove the deployments of this user."""

from collections.abc import Callable

from rich.table import Table

from cli.deployments.profile import NAME, Deployment, deployments_file, load_deployments, save_deployments
from local.cloud.addresses import CloudError
from local.terminal import complain, console


def print_outcome(action: Callable[[], str | Table]) -> int:
    """Print what an action returns; return 1, with its reason on stderr, when it raises CloudError."""
    try:
        outcome = action()
    except CloudError as error:
        complain(str(error))
        return 1
    console().print(outcome, soft_wrap=isinstance(outcome, str))
    return 0


def add(name: str, url: str, client_id: str | None) -> str:
    """Store a deployment under a name; raises CloudError when the name or the address is wrong."""
    if NAME.fullmatch(name) is None:
        raise CloudError(f"{name!r} is not a name: use small letters, digits and -, at most 40.")
    deployment = Deployment.of(url, client_id)
    file = deployments_file()
    save_deployments(file, {**load_deployments(file), name: deployment})
    return f"{name} is {deployment.url}. Check it with: intray doctor --deployment {name}"


def list_all() -> str | Table:
    """Return the deployments as a table; raises CloudError when their file cannot be read."""
    deployments = load_deployments(deployments_file())
    if not deployments:
        return "No deployment is named yet: intray deployments add NAME URL"
    table = Table("name", "url", "sign-in", box=None, header_style="bold")
    for name, deployment in sorted(deployments.items()):
        table.add_row(name, deployment.url, deployment.client_id or "function key")
    return table


def remove(name: str) -> str:
    """Remove a deployment from the file; raises CloudError when it is not there."""
    file = deployments_file()
    deployments = load_deployments(file)
    if name not in deployments:
        raise CloudError(f"There is no deployment {name!r}: `intray deployments list` shows them.")
    del deployments[name]
    save_deployments(file, deployments)
    return f"{name} is no longer named."
