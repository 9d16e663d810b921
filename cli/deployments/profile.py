"""The deployments that this user has named: `deployments.yaml` in the folder of the program's settings."""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import typer
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from local.cloud.addresses import CloudError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_API = "/api"


def _checked_url(text: str) -> str:
    """Return the base address of an app, without `/api` and a slash at its end; raises ValueError."""
    parts = urlsplit(text.strip())
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        message = f"{text!r} is not the address of an app: give it as https://NAME.azurewebsites.net"
        raise ValueError(message)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        message = f"{text!r} must begin with https://: tokens and keys are sent to it"
        raise ValueError(message)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(_API)}"


class Deployment(BaseModel):
    """An Intray app and how to be let in. No secret is part of it.

    Attributes:
        url: base address of the app, https except on this machine.
        client_id: application id of its sign-in, for which tokens are asked; None: a function key is sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(_checked_url)]
    client_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")] | None = None

    @classmethod
    def of(cls, url: str, client_id: str | None = None) -> Self:
        """Return the deployment with this address; raises CloudError."""
        try:
            return cls(url=url, client_id=client_id)
        except ValidationError as error:
            raise CloudError(_reason(error)) from error


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    deployments: dict[Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")], Deployment] = {}


def deployments_file() -> Path:
    """Return the file of this user's deployments."""
    return Path(typer.get_app_dir("intray")) / "deployments.yaml"


def load_deployments(file: Path) -> dict[str, Deployment]:
    """Return the deployments of a file by name, none when it does not exist; raises CloudError."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        return _File.model_validate(yaml.safe_load(text) or {}).deployments
    except (yaml.YAMLError, UnicodeDecodeError):
        reason = "it is not valid YAML"
    except ValidationError as error:
        reason = _reason(error)
    raise CloudError(f"{file} cannot be read: {reason}. Correct or delete it.")


def save_deployments(file: Path, deployments: dict[str, Deployment]) -> None:
    """Replace the file by these deployments."""
    content = {name: deployment.model_dump(exclude_none=True) for name, deployment in sorted(deployments.items())}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(yaml.safe_dump({"deployments": content}, sort_keys=False), encoding="utf-8")
    draft.replace(file)


def find_deployment(reference: str, file: Path) -> Deployment:
    """Return the deployment of this name, or with this address; raises CloudError."""
    deployments = load_deployments(file)
    if "://" in reference:
        unnamed = Deployment.of(reference)
        return next((deployment for deployment in deployments.values() if deployment.url == unnamed.url), unnamed)
    if reference not in deployments:
        names = f"known: {', '.join(sorted(deployments))}" if deployments else "none is known yet"
        raise CloudError(
            f"There is no deployment {reference!r} ({names}). Add it: intray deployments add {reference} URL"
        )
    return deployments[reference]


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    message = str(first["msg"]).removeprefix("Value error, ")
    return message if place == "url" else f"{place}: {message}"
