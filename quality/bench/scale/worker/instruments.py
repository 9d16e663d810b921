"""Put the clock and the counter into a worker: at the event loop, the SDKs' public methods and their transports."""

import asyncio
import functools
import inspect
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from quality.bench.scale.operations import Operation, changed_partition, classify
from quality.bench.scale.worker.cpu_clock import Category, CpuClock, Place, place_in
from quality.bench.scale.worker.requests import RequestCounter

type _Method = Callable[..., Any]


def instrument(clock: CpuClock, counter: RequestCounter) -> None:
    """Instrument this process, once, before it loads the function app."""
    _book_callbacks(clock)
    _book_threads(clock)
    _book_invocations(clock, counter)
    for sdk_class in _azure_classes():
        _book_methods(clock, sdk_class, "azure")
    _book_completions(clock)
    _count_azure_requests(clock, counter)
    _count_model_requests(clock, counter)


def _put(owner: type, name: str, method: _Method) -> None:
    """Put a method in the place of another one, for the rest of this process."""
    setattr(owner, name, method)


def _book_callbacks(clock: CpuClock) -> None:
    """Book each callback of the event loop where its context says, sockets apart."""
    run: _Method = asyncio.Handle._run  # noqa: SLF001 - the only place that all callbacks pass

    def booked_run(handle: Any) -> None:  # noqa: ANN401 - asyncio's own
        previous = clock.switch(_place_of(handle))
        try:
            run(handle)
        finally:
            clock.switch(previous)

    _put(asyncio.Handle, "_run", booked_run)


def _place_of(handle: Any) -> Place:  # noqa: ANN401 - asyncio's own
    place = place_in(handle._context)  # noqa: SLF001 - asyncio offers no other way to it
    owner = getattr(handle._callback, "__self__", None)  # noqa: SLF001 - as above
    if isinstance(owner, asyncio.Transport):  # its context is that of the request that opened the connection
        used = owner.get_extra_info("socket")
        is_host = used is not None and used.family == socket.AF_UNIX
        return Place("", "runtime" if is_host else "transport")
    return place


def _book_threads(clock: CpuClock) -> None:
    """Book what runs in thread pools where its caller computes."""
    submit: _Method = ThreadPoolExecutor.submit

    def booked_submit(pool: ThreadPoolExecutor, work: _Method, /, *args: object, **kwargs: object) -> object:
        place = clock.place

        def timed() -> object:
            began = time.thread_time()
            try:
                return work(*args, **kwargs)
            finally:
                clock.add(place, time.thread_time() - began)

        return submit(pool, timed)

    _put(ThreadPoolExecutor, "submit", booked_submit)


def _book_invocations(clock: CpuClock, counter: RequestCounter) -> None:
    """Book an invocation under its function's name: our code from where the worker calls the function."""
    from azure_functions_runtime import handle_event

    from local.host.workers.runtime import Runtime

    invoke, execute = Runtime.invoke, handle_event.execute_async

    async def booked_invoke(runtime: Runtime, call: Any) -> Any:  # noqa: ANN401 - a message of the host
        counter.invocations[call["function"]] += 1
        token = clock.enter(Place(call["function"], "runtime"))
        try:
            return await invoke(runtime, call)
        finally:
            clock.leave(token)

    async def booked_execute(function: _Method, args: Any) -> Any:  # noqa: ANN401 - the worker's own
        token = clock.enter(Place(clock.place.stage, "own"))
        try:
            return await execute(function, args)
        finally:
            clock.leave(token)

    _put(Runtime, "invoke", booked_invoke)
    handle_event.execute_async = booked_execute


def _azure_classes() -> Iterator[type]:
    """Yield the classes of the Azure SDKs whose public methods our adapters call."""
    from azure.core.async_paging import AsyncItemPaged, AsyncPageIterator
    from azure.data.tables.aio import TableClient, TableServiceClient
    from azure.eventgrid.aio import EventGridPublisherClient
    from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient, StorageStreamDownloader
    from azure.storage.queue.aio import QueueClient, QueueServiceClient

    yield from (AsyncItemPaged, AsyncPageIterator, StorageStreamDownloader, EventGridPublisherClient)
    yield from (TableClient, TableServiceClient, BlobClient, BlobServiceClient, ContainerClient)
    yield from (QueueClient, QueueServiceClient)


def _book_completions(clock: CpuClock) -> None:
    """Book the SDK's call of a model, which is no coroutine function but returns a coroutine."""
    from openai.resources.chat.completions import AsyncCompletions

    create: _Method = AsyncCompletions.create

    @functools.wraps(create)
    async def booked_create(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the SDK's
        token = clock.enter(Place(clock.place.stage, "openai"))
        try:
            return await create(*args, **kwargs)
        finally:
            clock.leave(token)

    _put(AsyncCompletions, "create", booked_create)


def _book_methods(clock: CpuClock, sdk_class: type, category: Category) -> None:
    for name, _ in inspect.getmembers(sdk_class, inspect.isfunction):
        if not name.startswith("_") or name == "__anext__":
            _book_method(clock, sdk_class, name, category)


def _book_method(clock: CpuClock, sdk_class: type, name: str, category: Category) -> None:
    """Book a method of an SDK, whether it is asynchronous or not; one called by another stays where it is."""
    method: _Method = getattr(sdk_class, name)
    if inspect.isasyncgenfunction(method):
        return  # its items come from methods that are booked

    @functools.wraps(method)
    async def booked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method of an SDK
        place = clock.place
        if place.category == category:
            return await method(*args, **kwargs)
        token = clock.enter(Place(place.stage, category))
        try:
            return await method(*args, **kwargs)
        finally:
            clock.leave(token)

    @functools.wraps(method)
    def booked_synchronous(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method of an SDK
        place = clock.place
        if place.category == category or threading.current_thread() is not threading.main_thread():
            return method(*args, **kwargs)
        token = clock.enter(Place(place.stage, category))
        try:
            return method(*args, **kwargs)
        finally:
            clock.leave(token)

    _put(sdk_class, name, booked if inspect.iscoroutinefunction(method) else booked_synchronous)


def _count_azure_requests(clock: CpuClock, counter: RequestCounter) -> None:
    """Count where the Azure SDKs hand a request to aiohttp: each attempt, so a retry counts again."""
    from azure.core.pipeline.transport import AioHttpTransport

    send: _Method = AioHttpTransport.send

    async def counted(transport: AioHttpTransport, request: Any, **options: Any) -> Any:  # noqa: ANN401 - the SDK's
        response = await send(transport, request, **options)
        is_topic = "aeg-sas-key" in request.headers
        operation = _PUBLISH if is_topic else classify(request.method, request.url)
        if operation is not None:
            changes = list(_changes(request))
            if operation.name == "Transaction":
                operation = operation._replace(target=changed_partition(changes[0].url))
            received = 0 if request.method == "HEAD" else int(response.headers.get("Content-Length") or 0)
            counter.count(clock.place.stage, operation, _size(request), received, len(changes))
        return response

    _put(AioHttpTransport, "send", counted)


_PUBLISH = Operation("topic", "Publish", "", "write")
_COMPLETION = Operation("model", "Chat completion", "", "other")


def _size(request: Any) -> int:  # noqa: ANN401 - the SDK's
    return int(request.headers.get("Content-Length") or 0)


def _changes(request: Any) -> Iterator[Any]:  # noqa: ANN401 - the SDK's
    """Yield the requests inside a multipart request, at any depth; the request itself if it is none."""
    info = getattr(request, "multipart_mixed_info", None) or getattr(request, "_multipart_mixed_info", None)
    if info:
        for part in info[0]:
            yield from _changes(part)
    else:
        yield request


def _count_model_requests(clock: CpuClock, counter: RequestCounter) -> None:
    from httpx2 import AsyncHTTPTransport

    send: _Method = AsyncHTTPTransport.handle_async_request

    async def counted(transport: AsyncHTTPTransport, request: Any) -> Any:  # noqa: ANN401 - the SDK's
        response = await send(transport, request)
        received = int(response.headers.get("Content-Length") or 0)
        counter.count(clock.place.stage, _COMPLETION, _size(request), received, 1)
        return response

    _put(AsyncHTTPTransport, "handle_async_request", counted)
