"""导入: bring a file, see all that is wrong with it, apply it as a whole, undo it as a whole."""

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import imports
from pilot.screens import import_batch, import_desk, import_mapping, pick

actor = ui.require(Role.MANAGER, Role.ADMIN)
writes = may(actor, "import.stage")
chosen = pick.number("id")

if chosen is not None:
    with ui.reading() as session:
        shown = imports.batch(session, actor, chosen)
    import_batch.head(shown)
    if shown.layout and import_mapping.asked(shown):
        import_mapping.form(shown, writes=writes)
    import_batch.progress(shown, writes=writes)
    import_batch.decide(shown, actor, writes=writes)
    import_batch.found(shown, actor)
else:
    kind = import_desk.begin()
    with ui.reading() as session:
        sources = imports.sources(session, actor, kind)
        batches, total = imports.listed(session, actor, pick.page())
        mappings = imports.mappings(session, actor, kind)
    import_desk.upload(kind, sources, writes=writes)
    import_desk.batches(batches, writes=writes)
    pick.paging(total, imports.PAGE)
    import_desk.mappings(kind, mappings)
