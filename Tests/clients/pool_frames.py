"""Frames over asyncio's streams."""

import contextlib

from harness.frames import CLOSE, PING, PONG, apply_mask, frame


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length >= 126:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    mask = await reader.readexactly(4) if second & 0x80 else b"\0\0\0\0"
    return first & 0x0F, apply_mask(await reader.readexactly(length), mask)


async def echo(reader, writer, codes):
    """Gives messages back as they came, answers pings and the Close, whose code goes into `codes`."""
    while True:
        opcode, payload = await read_frame(reader)
        if opcode == CLOSE:
            codes.append(int.from_bytes(payload[:2], "big") if payload else 1005)
            with contextlib.suppress(ConnectionError):
                writer.write(frame(CLOSE, payload))
                await writer.drain()
            return
        if opcode == PING:
            writer.write(frame(PONG, payload))
        elif opcode != PONG:
            writer.write(frame(opcode, payload))
        await writer.drain()
