"""The function app: registers the blueprints, nothing else."""

import azure.functions as func

from functions import http, intake, poison, stages
from functions.uploads import by_queue, by_webhook
from shared import bootstrap

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
uploads = by_queue if bootstrap.trigger_options().intake == "queue" else by_webhook
for module in (uploads, intake, stages, poison, http):
    app.register_functions(module.blueprint)
