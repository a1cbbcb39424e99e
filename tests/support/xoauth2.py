"""A token shown to MSSanté: AUTH XOAUTH2 over STARTTLS."""

import base64

from support.mss_served import Mss
from support.raw_smtp import RawSmtp


async def shown(mail: Mss, address: str, token: str) -> str:
    """The reply: 235, or the challenge before the cut."""
    client = await RawSmtp.open(mail.port, mail.context)
    await client.ask("EHLO test")
    await client.secure()
    await client.ask("EHLO test")
    secret = base64.b64encode(f"user={address}\1auth=Bearer {token}\1\1".encode()).decode()
    reply = await client.ask(f"AUTH XOAUTH2 {secret}")
    await client.close()
    return reply
