"""A command at a terminal of its own, and somebody who answers its questions."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from pathlib import Path

from tests.servers import COMMAND, UNHURRIED, Ended, environment
from tests.waiting import LONG

PROMPT = "(q)uit: "
END_OF_INPUT = "\x04"


async def answered(*arguments: str, home: Path, answers: Sequence[str], **given: str) -> Ended:
    """The command run at a terminal, where each prompt gets the next answer."""
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        str(COMMAND), *arguments, stdin=theirs, stdout=theirs, stderr=PIPE, cwd=home, env=environment(home, UNHURRIED | given)
    )
    os.close(theirs)
    shown = bytearray()
    asyncio.get_running_loop().add_reader(ours, lambda: shown.extend(read(ours)))
    try:
        async with asyncio.timeout(LONG):
            for number, answer in enumerate(answers, 1):
                while shown.decode(errors="ignore").count(PROMPT) < number:
                    await asyncio.sleep(0.02)
                os.write(ours, answer.encode())
            _, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
        asyncio.get_running_loop().remove_reader(ours)
        os.close(ours)
    return Ended(process.returncode, shown.decode(), err.decode())


def read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when its other side is closed."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
