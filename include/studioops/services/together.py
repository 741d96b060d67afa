"""One look at all services at the same time, each within its own limit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from studioops.model import Status
from studioops.services.reach import Watched
from studioops.services.state import Cause, ServiceState

Progress = Callable[[str, int, int], None]
# A probe keeps to its limit by itself; this is for one that does not.
GRACE_S = 2.0
# So many may be in their first moments: more would wait for our own processor, and each would seem
# to be slow. Whoever takes longer waits for its service, and keeps nobody from beginning.
AT_ONCE, YOUNG_S = 64, 0.5
# A look needs little, and there may be hundreds: the usual 8 MB each are a lot of address space.
STACK_BYTES = 512 << 10


def look_at(watched: Sequence[Watched], progress: Progress | None = None) -> list[ServiceState]:
    """Look at services, all at once.

    Args:
        watched: what to look at.
        progress: told each service that has answered, how many have, and of how many.

    Returns:
        a state a service, in the same order. An outage is a state; so is a probe that fails.
    """
    return asyncio.run(_look_at(watched, progress))


async def _look_at(watched: Sequence[Watched], progress: Progress | None) -> list[ServiceState]:
    done, gate = 0, asyncio.Semaphore(AT_ONCE)

    async def one(wanted: Watched) -> ServiceState:
        nonlocal done
        await gate.acquire()
        look = asyncio.ensure_future(_look(wanted))
        await asyncio.wait([look], timeout=YOUNG_S)
        gate.release()
        state = await look
        done += 1
        if progress is not None:
            progress(wanted.name, done, len(watched))
        return state

    return list(await asyncio.gather(*map(one, watched)))


async def _look(wanted: Watched) -> ServiceState:
    try:
        async with asyncio.timeout(wanted.timeout + GRACE_S):
            return await _in_a_thread(wanted)
    except TimeoutError:
        said = f"{wanted.name}: no answer in {wanted.timeout:g} s, and the look did not end"
        step = "look at what runs on this machine, then run this again"
        return ServiceState(wanted.name, Status.FAILED, Cause.TIMEOUT, said, step)
    except Exception as error:  # noqa: BLE001 - one probe that fails must not hide the others
        said = f"{wanted.name}: the look itself failed ({type(error).__name__})"
        step = "report it with this text"
        return ServiceState(wanted.name, Status.NOT_CHECKED, Cause.ERROR, said, step)


def _in_a_thread(wanted: Watched) -> asyncio.Future[ServiceState]:
    """A look in a thread that keeps no process from ending, as those of a pool would."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[ServiceState] = loop.create_future()

    def tell(how: Callable[[], None]) -> None:
        # Whoever gave up waiting may have closed the loop.
        if not loop.is_closed():
            loop.call_soon_threadsafe(lambda: None if result.done() else how())

    def work() -> None:
        try:
            state = wanted.probe()
        except BaseException as error:  # noqa: BLE001 - the loop gets it
            failed = error
            tell(lambda: result.set_exception(failed))
        else:
            tell(lambda: result.set_result(state))

    before = threading.stack_size(STACK_BYTES)
    try:
        threading.Thread(target=work, name=f"look at {wanted.name}", daemon=True).start()
    finally:
        threading.stack_size(before)
    return result
