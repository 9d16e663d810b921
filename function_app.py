"""The function app: registers the blueprints, nothing else."""

import azure.functions as func

from functions import http, intake, poison, renamed, stages

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
for module in (intake, renamed, stages, poison, http):
    app.register_functions(module.blueprint)
