"""Where LibreOffice is on this machine, and the settings that it is started with.

In: PATH and the folders in which its installers put it. Out: the program to start, or None, and its version; a profile
in which no macro runs, no link is followed and no address is opened. Refuses nothing.

Source of the settings: the schemas that LibreOffice ships (main.xcd): Office.Common/Security/Scripting,
Office.Writer/Content/Update and Office.Calc/Content/Update, Inet/Settings; and jvmfwk for Java.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

_NAMES = ("soffice", "libreoffice")
_CLOSED_PORT = "9"  # "discard", where nothing listens: what is asked of the network fails at once
_JAVA_OFF = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<java xmlns="http://openoffice.org/2004/java/framework/1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><enabled xsi:nil="false">false</enabled></java>'
)
_SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),  # very high
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),  # known from 7.6 on, passed over before
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Writer/Content/Update", "Link", "0"),  # never
    ("Office.Writer/Content/Update", "Field", "false"),
    ("Office.Writer/Content/Update", "Chart", "false"),
    ("Office.Calc/Content/Update", "Link", "1"),  # never; Calc counts otherwise than Writer
    ("Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),  # never
    ("Office.Calc/Formula/Load", "ODFRecalcMode", "1"),
    ("Inet/Settings", "ooInetProxyType", "2"),  # by the addresses below
    ("Inet/Settings", "ooInetNoProxy", ""),
    *(
        setting
        for protocol in ("HTTP", "HTTPS", "FTP")
        for setting in (
            ("Inet/Settings", f"ooInet{protocol}ProxyName", "127.0.0.1"),
            ("Inet/Settings", f"ooInet{protocol}ProxyPort", _CLOSED_PORT),
        )
    ),
)


def office_program() -> Path | None:
    """The program that starts LibreOffice, or None where there is none."""
    named = (shutil.which(name) for name in _NAMES)
    found = next((Path(path) for path in named if path), None) or next(_installed(), None)
    if found is None:
        return None
    # On Linux "soffice" is a script that starts a program that starts the office: a limit should hold the office.
    office = found.resolve().with_name("soffice.bin")
    return office if sys.platform == "linux" and office.exists() else found


@cache
def office_stamp() -> str:
    """Changes with the version of LibreOffice that is installed; "" where none is. The program is not started."""
    program = office_program()
    if program is None:
        return ""
    folder = program.resolve().parent
    for name in ("versionrc", "version.ini", "../Resources/versionrc"):  # Linux, Windows, macOS
        with suppress(OSError):
            return hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return str(program.stat().st_mtime_ns)


def _installed() -> Iterator[Path]:
    """Where installers put LibreOffice without adding it to PATH, the newest version first."""
    if sys.platform == "win32":
        folders = [os.environ.get(name, "") for name in ("ProgramW6432", "ProgramFiles", "ProgramFiles(x86)")]
        roots, pattern = [Path(folder) for folder in folders if folder], "LibreOffice*/program/soffice.com"
    elif sys.platform == "darwin":
        roots = [Path("/Applications"), Path.home() / "Applications"]
        pattern = "LibreOffice*.app/Contents/MacOS/soffice"
    else:
        roots, pattern = (
            [Path("/", "opt"), Path("/", "usr", "lib"), Path("/", "usr", "lib64")],
            "libreoffice*/program/soffice",
        )
    for root in roots:
        yield from sorted(root.glob(pattern), reverse=True)


def write_profile(folder: Path) -> tuple[str, ...]:
    """Write a profile into ``folder``, which is made, and return the arguments that make LibreOffice use it."""
    user = folder / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
    java = folder / "java.xml"
    java.write_text(_JAVA_OFF, encoding="utf-8")
    return f"-env:UserInstallation={folder.as_uri()}", f"-env:UNO_JAVA_JFW_USER_DATA={java.as_uri()}"


def _registry() -> str:
    items = "".join(
        f"<item oor:path={quoteattr(f'/org.openoffice.{path}')}>"
        f'<prop oor:name={quoteattr(name)} oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    )
