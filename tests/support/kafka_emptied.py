"""A broker emptied of the contract's topics, between two tests or two benches."""

import asyncio
import threading

from aiokafka.admin import AIOKafkaAdminClient


def delete_topics(bootstrap: str, prefix: str = "socles.") -> None:
    """Delete the topics of the contract and all they hold; usable with and without a running event loop."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_delete_topics(bootstrap, prefix))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


async def _delete_topics(bootstrap: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(30):
            while ours := [topic for topic in await admin.list_topics() if topic.startswith(prefix)]:
                await admin.delete_topics(ours)
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
