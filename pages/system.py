"""系统状态: does the installation do well, and what is to be done?"""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import mail, system
from pilot.screens import mail_queue
from pilot.services.doctor import Level

admin = ui.require(Role.ADMIN)
st.title("系统状态")

checks, now = ui.checks(), datetime.now(UTC)
with ui.reading() as session:
    jobs = system.job_frame(session, admin)
    queue = mail.queue_state(session, admin, now)
    troubles = mail.trouble_frame(session, admin, now)

failures = sum(check.level is Level.FAIL for check in checks)
warnings = sum(check.level is Level.WARN for check in checks)
steps = "\n".join(f"- {ui.plain(step)}" for step in system.remedies(checks))
if failures:
    st.error(f"故障 {failures} 项，请尽快处理：\n{steps}", icon=":material/error:")
elif warnings:
    st.warning(f"没有故障，有 {warnings} 项需要注意：\n{steps}", icon=":material/warning:")
else:
    st.success("一切正常。", icon=":material/check_circle:")

st.subheader("体检")
st.dataframe(
    system.check_frame(checks), hide_index=True, height="content", alt="体检结果", key="checks"
)
st.caption("一分钟内的结果；在服务器上运行 pilot doctor 可得到同样的内容。")

st.subheader("定时任务")
if jobs.empty:
    st.info("服务启动后不久会排定定时任务。", icon=":material/info:")
else:
    st.dataframe(
        jobs, hide_index=True, height="content", placeholder="", alt="定时任务", key="jobs"
    )
    st.caption("北京时间。有几台服务器时，每项任务也只做一次。")

st.subheader("邮件")
mail_queue.state(queue, ui.mail_server())
mail_queue.troubles(troubles)
