"""A small function app with every trigger that the host imitates; it writes down what it is given."""

import asyncio
import base64
import json
import os
import sys
import time

import azure.functions as func
from azure.functions.timer import TimerRequest
from azure.storage.queue.aio import QueueClient
from records import Blob, record  # type: ignore[import-not-found]  # beside this file, as the worker finds it

STORAGE = "AzureWebJobsStorage"
MAIN_MODULE_AT_IMPORT = "__main__" in sys.modules

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
blueprint = func.Blueprint()


@blueprint.blob_trigger(
    arg_name="blob", path="%INCOMING%/{name}", connection=STORAGE, source=func.BlobSource.EVENT_GRID
)
async def receive(blob: Blob, context: func.Context) -> None:
    record("receive", blob=blob.container_and_name, invocation=context.invocation_id)
    if "unreadable" in blob.container_and_name[1]:
        raise ValueError("this blob is refused")


@blueprint.blob_trigger(arg_name="blob", path="%SCANNED%/{name}.txt", connection=STORAGE)
def scan(blob: func.InputStream) -> None:
    record("scan", name=blob.name, length=blob.length, body=blob.read().decode(), uri=blob.uri)


@blueprint.queue_trigger(arg_name="message", queue_name="%LETTERS%", connection=STORAGE)
async def read_letter(message: func.QueueMessage) -> None:
    body = message.get_body().decode()
    record(
        "read_letter", body=body, id=message.id, dequeue_count=message.dequeue_count,
        inserted=str(message.insertion_time), expires=str(message.expiration_time),
        visible=str(message.time_next_visible), receipt=bool(message.pop_receipt), pid=os.getpid(), now=time.time(),
        has_main_module=[MAIN_MODULE_AT_IMPORT, "__main__" in sys.modules],
    )  # fmt: skip
    if body == "forward":
        async with QueueClient.from_connection_string(os.environ[STORAGE], os.environ["LETTERS"]) as queue:
            await queue.send_message(base64.b64encode(b"forwarded").decode())
    if body.startswith("bad"):
        raise ValueError(body)
    if body.startswith("slow"):
        await asyncio.sleep(float(body.split()[1]))
        record("read_letter_end", body=body, pid=os.getpid())
    if body.startswith("child"):
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(600)")
        record("child", pid=child.pid)
        await asyncio.sleep(600)


@blueprint.timer_trigger(arg_name="timer", schedule="%TICK%", run_on_startup=False)
def tick(timer: TimerRequest) -> None:
    record("tick", past_due=timer.past_due, schedule=timer.schedule, status=timer.schedule_status)


@blueprint.event_grid_trigger(arg_name="event")
def on_event(event: func.EventGridEvent) -> None:
    record("on_event", id=event.id, subject=event.subject, data=event.get_json())
    if event.subject == "fail":
        raise RuntimeError("this event is refused")


app.register_functions(blueprint)


meeting = asyncio.Barrier(2)


def reply(body: object, status: int = 200, **headers: str) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(body), status_code=status, mimetype="application/json", headers=headers)


@app.route(route="echo/{kind}/{*rest}", methods=["GET", "POST"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    facts = {
        "method": req.method, "params": dict(req.params), "route": dict(req.route_params),
        "header": req.headers.get("X-Test"), "body": req.get_body().decode(), "url": req.url,
    }  # fmt: skip
    if "X-MS-CLIENT-PRINCIPAL" in req.headers:
        facts["principal"] = req.headers["X-MS-CLIENT-PRINCIPAL"]
    return reply(facts, 202, **{"x-answer": "yes", "Set-Cookie": "a=b; Path=/; HttpOnly; SameSite=Lax"})


@app.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> str:
    return "fine"


@app.route(route="echo/fixed", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def fixed(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(bytes(range(256)), mimetype="application/octet-stream")


@app.route(route="admin-only", auth_level=func.AuthLevel.ADMIN)
def admin_only(req: func.HttpRequest) -> func.HttpResponse:
    return reply({"pid": os.getpid()})


@app.route(route="boom", auth_level=func.AuthLevel.ANONYMOUS)
def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("no such luck")


@app.route(route="wait", auth_level=func.AuthLevel.ANONYMOUS)
async def wait(req: func.HttpRequest) -> func.HttpResponse:
    """Answers when two of it run at once, which a worker that takes one at a time could never do."""
    await meeting.wait()
    return reply({"met": True})


@app.route(route="hang", auth_level=func.AuthLevel.ANONYMOUS)
def hang(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(600)
    return reply({})
