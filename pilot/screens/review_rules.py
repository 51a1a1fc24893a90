"""审核规则: when two people must verify, and whether one may judge one's own unit's work."""

import streamlit as st

from pilot import ui
from pilot.reports.review_policy import Policy
from pilot.services.command import Seen
from pilot.services.submission_reviews import save_policy

EXCEPTION = "系统管理员已允许审核人审核本单位的填报（回避规则的例外）；本人的填报仍须由他人审核。"


def told(rules: Policy) -> None:
    """Every rule in a sentence."""
    amount = f"{rules.two_person_amount:,.2f}"
    st.markdown(
        f"- 通过后计入转化科技成果的填报、合同成交额超过 **{amount}** 万元的填报，"
        f"由两位审核人各自独立核实；其他填报由一位审核人核实。\n"
        f"- 任何人不审核自己的填报。\n"
        f"- 内容或附件改动后，原来的核实作废，重新核实。"
    )
    if rules.own_organisation:
        st.warning(EXCEPTION, icon=":material/warning:")
    else:
        st.markdown("- 审核人不审核本单位的填报（填报人的单位或成果持有方是本单位的）。")
    if rules.id is None:
        st.caption("以上为默认规则，系统管理员还没有改动过。")


def exception(rules: Policy) -> None:
    """Say to reviewers that the exception is on."""
    if rules.own_organisation:
        st.info(EXCEPTION, icon=":material/warning:")


def form(rules: Policy) -> None:
    """Change the rules, for a written reason."""
    st.subheader("改动审核规则")
    version = f"{rules.id}-{rules.rev}"
    with st.form(f"rules-{version}"):
        amount = st.text_input(
            "双人核实金额（万元）*", f"{rules.two_person_amount:f}", max_chars=20,
            key=f"rules-amount-{version}", help="合同成交额超过它的填报，须两位审核人核实。",
        )  # fmt: skip
        own = st.checkbox(
            "允许审核本单位的填报", rules.own_organisation, key=f"rules-own-{version}",
            help="只有一家单位、没有其他审核人时才需要；每位审核人都会看到这条例外。",
        )  # fmt: skip
        reason = ui.line("改动依据 *", key=f"rules-reason-{version}")
        sent = st.form_submit_button("保存审核规则", type="primary")
    if sent:
        seen = None if rules.id is None else Seen("review_policy", rules.id, rules.rev)
        key = ui.once("rules")
        done = "已保存审核规则，从现在起的审核按新规则进行。"
        if ui.act(save_policy, amount, own, reason=reason or "", seen=seen, key=key, done=done):
            st.rerun()
