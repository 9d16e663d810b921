"""The function app: registers the blueprints, nothing else."""

import azure.functions as func

from functions import intake, poison, stages
from functions.api import routes
from functions.uploads import by_queue, by_webhook
from shared.bootstrap_triggers import trigger_options

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
uploads = by_queue if trigger_options().intake == "queue" else by_webhook
for module in (uploads, intake, stages, poison, routes):
    app.register_functions(module.blueprint)
