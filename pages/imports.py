"""导入: bring a file, see all that is wrong with it, apply it as a whole, undo it as a whole."""

import streamlit as st

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
    import_batch.progress(shown)
    import_batch.decide(shown, actor, writes=writes)
    import_batch.found(shown, actor)
    st.stop()

st.title("导入")
st.caption("先检查，后写入：检查不改动任何记录；写入时全部成功或全部不写，写入后可以整批撤销。")
kind = import_desk.kind()
with ui.reading() as session:
    sources = imports.sources(session, actor, kind)
    batches, total = imports.listed(session, actor, pick.page())
if writes:
    import_desk.upload(kind, sources)
else:
    st.info("导入由基地管理办理；系统管理员可以查看批次和对应。", icon=":material/visibility:")
import_desk.batches(batches)
pick.paging(total, imports.PAGE)
with ui.reading() as session:
    import_desk.mappings(kind, imports.mappings(session, actor, kind))
