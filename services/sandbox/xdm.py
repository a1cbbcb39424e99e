"""IHE_XDM.zip, as hospital software attaches it to a mail (mssante.md §2)."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from html import escape

from sandbox.clients.lot import Lot, submit_objects_request

SOFTWARE = "Socles, hôpital simulé 0.1"


def archive(lot: Lot) -> bytes:
    """The zip of a lot: METADATA.XML names each document by its URI; hash and size are those of the files."""
    named = replace(
        lot, entries=[replace(entry, uri=f"DOC{n:05d}.XML") for n, entry in enumerate(lot.entries, start=1)]
    )
    stamp = lot.submitted_at.timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        _put(target, "INDEX.HTM", _index(named).encode(), stamp)
        _put(target, "README.TXT", _readme(named).encode(), stamp)
        metadata = f'<?xml version="1.0" encoding="UTF-8"?>\n{submit_objects_request(named)}'
        _put(target, "IHE_XDM/SUBSET01/METADATA.XML", metadata.encode(), stamp)
        for entry in named.entries:
            _put(target, f"IHE_XDM/SUBSET01/{entry.uri}", entry.content, stamp)
    return buffer.getvalue()


def _put(target: zipfile.ZipFile, name: str, content: bytes, stamp: tuple[int, ...]) -> None:
    year, month, day, hour, minute, second = stamp
    info = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
    info.compress_type = zipfile.ZIP_DEFLATED
    target.writestr(info, content, compresslevel=1)


def _index(lot: Lot) -> str:
    items = "".join(
        f'<li><a href="IHE_XDM/SUBSET01/{entry.uri}">{escape(entry.uri or "")}</a></li>' for entry in lot.entries
    )
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>IHE XDM</title></head><body>'
        f"<h1>{escape(lot.site.name)}</h1><ul>{items}</ul>"
        '<p><a href="README.TXT">README.TXT</a></p></body></html>\n'
    )


def _readme(lot: Lot) -> str:
    files = "\r\n".join(f"IHE_XDM\\SUBSET01\\{entry.uri}" for entry in lot.entries)
    return (
        f"Expéditeur : {lot.site.name} ({lot.site.finess_eg})\r\nLogiciel : {SOFTWARE}\r\n"
        f"Documents fictifs.\r\n\r\nINDEX.HTM\r\nIHE_XDM\\SUBSET01\\METADATA.XML\r\n{files}\r\n"
    )


def pdf_name(kind_title: str, patient_name: str, given_name: str, act: datetime, local_id: str) -> str:
    """Name of the PDF beside the archive: date, type, name, file number (mssante.md §1.3, ECO 2.1.5)."""
    label = "".join(c if c.isalnum() else "-" for c in kind_title)
    return f"{act:%Y%m%d}_{label}_{patient_name}_{given_name}_{local_id}.pdf".replace(" ", "-")
