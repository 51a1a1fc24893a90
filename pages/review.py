"""审核: the queue; one submission as it was sent, its checks and look-alikes, the decision."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import alike, review_policy, review_queue, submission_thread, submission_words
from pilot.screens import (
    pick,
    review_aside,
    review_decide,
    review_list,
    review_rules,
    submission_view,
)

reviewer = ui.require(Role.REVIEWER)
chosen = pick.number("id")

if chosen is None:
    st.title("审核")
    with ui.reading() as session:
        review_rules.exception(review_policy.policy(session, reviewer))
    review_list.section(reviewer)
    st.stop()

with ui.reading() as session:
    shown = review_queue.judged(session, reviewer, chosen, datetime.now(UTC))
    known = submission_words.words(session, reviewer.base_id, shown.content, shown.before)
    answers = submission_words.answers(shown.content, known)
    changes = submission_words.changes(shown.before, shown.content, known) if shown.before else []
    others = alike.beside(session, shown.id, shown.content)
    said = submission_thread.thread(session, shown.id)
    rules = review_policy.policy(session, reviewer)

review_decide.head(shown)
review_rules.exception(rules)
left, right = st.columns([3, 2], gap="large")
with left:
    review_aside.changes(changes, shown)
    submission_view.answers(
        answers,
        changed=[each.field for each in changes],
        notes=review_aside.notes(shown, said),
    )
    review_aside.papers(shown)
with right:
    review_aside.checks(shown)
    review_aside.alike(shown, others, reviewer)
    st.markdown("#### 意见")
    submission_view.thread(said)
    review_decide.comment_box(shown, answers)
review_decide.decision(shown, others)
