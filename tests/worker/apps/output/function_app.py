"""An app with an output binding, which the host refuses."""

import azure.functions as func

app = func.FunctionApp()


@app.queue_trigger(arg_name="message", queue_name="letters", connection="AzureWebJobsStorage")
@app.queue_output(arg_name="out", queue_name="answers", connection="AzureWebJobsStorage")
def answer(message: func.QueueMessage, out: func.Out[str]) -> None:
    out.set(message.get_body().decode())
