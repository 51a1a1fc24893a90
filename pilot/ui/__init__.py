"""The door (页面之门): what every page uses; the only Streamlit inside pilot/."""

from pilot.ui.action import act, daily, folder, once
from pilot.ui.confirm import confirm
from pilot.ui.days import day
from pilot.ui.links import go, link
from pilot.ui.many import take_in
from pilot.ui.pictures import picture
from pilot.ui.prose import area, line
from pilot.ui.rehearsal import Rehearsal, rehearse
from pilot.ui.strip import strip, view
from pilot.ui.system import checks, mail_server
from pilot.ui.versions import drawn
from pilot.ui.visitor import reading, require
from pilot.ui.words import facts, plain

__all__ = [
    "Rehearsal",
    "act",
    "area",
    "checks",
    "confirm",
    "daily",
    "day",
    "drawn",
    "facts",
    "folder",
    "go",
    "line",
    "link",
    "mail_server",
    "once",
    "picture",
    "plain",
    "reading",
    "rehearse",
    "require",
    "strip",
    "take_in",
    "view",
]
