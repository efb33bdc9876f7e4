"""A FastAPI application under uvicorn with what stands beside a socket: an event stream, a long poll, uploads, downloads."""

import asyncio
import hashlib
import json
import time

import fastapi
import fastapi.responses


def application():
    app = fastapi.FastAPI()
    channels = {}

    def channel(name):
        return channels.setdefault(name, asyncio.Queue())

    @app.get("/events")
    async def events(count: int = 10, every: float = 0.02):
        """Events with a number and the moment of the machine's monotonic clock at which they were sent."""
        async def stream():
            for number in range(count):
                await asyncio.sleep(every)
                yield f"id: {number}\ndata: {json.dumps({'number': number, 'sent': time.monotonic()})}\n\n"

        return fastapi.responses.StreamingResponse(stream(), media_type="text/event-stream")

    @app.get("/live/{name}")
    async def live(name: str):
        """An event for each thing said in the channel, until `end`."""
        async def stream():
            while (said := await channel(name).get())["what"] != "end":
                yield f"data: {json.dumps(said)}\n\n"

        return fastapi.responses.StreamingResponse(stream(), media_type="text/event-stream")

    @app.get("/poll/{name}")
    async def poll(name: str):
        """Held until something is said in the channel."""
        return await channel(name).get()

    @app.post("/say/{name}")
    async def say(name: str, request: fastapi.Request):
        said = {"what": (await request.body()).decode(), "sent": time.monotonic()}
        channel(name).put_nowait(said)
        return said

    @app.get("/plain")
    async def plain(n: int = 0):
        return {"n": n}

    @app.api_route("/upload", methods=["POST", "PUT"])
    async def upload(request: fastapi.Request):
        """The length and hash of a body that is never collected."""
        hashed, length = hashlib.sha256(), 0
        async for part in request.stream():
            hashed.update(part)
            length += len(part)
        return {"length": length, "sha256": hashed.hexdigest(), "coding": request.headers.get("transfer-encoding")}

    @app.get("/download")
    async def download(blocks: int):
        """`blocks` of 64 KiB, each of its number's low byte."""
        async def stream():
            for number in range(blocks):
                yield bytes([number & 0xFF]) * 65536

        return fastapi.responses.StreamingResponse(stream(), media_type="application/octet-stream")

    return app
