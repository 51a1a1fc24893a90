"""Several uploads at once (多个附件): each is its own action, and none keeps another back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pilot.domain.errors import Conflict, GuardFailed, PilotError
from pilot.services.command import perform
from pilot.ui import flash, visitor
from pilot.ui.action import PAST, content_key, keep_upload
from pilot.ui.strip import view
from pilot.ui.words import plain


def take_in(uploads: Sequence[UploadedFile], verb: Callable, *args: Any) -> None:
    """Run a verb for each upload, with a bar of progress; says which came in and which did not.

    Each upload is one try: the same one again, after an interrupted run, does nothing.
    """
    failed, number = [], len(uploads)
    bar = st.progress(0.0)
    for place, upload in enumerate(uploads):
        bar.progress(place / number, f"正在保存 {place + 1} / {number}：{plain(upload.name)}")
        try:
            _one(upload, verb, args)
        except PilotError as error:
            failed.append(f"《{upload.name}》没有保存：{error.message}")
    bar.empty()
    visitor.look_again()
    if number > len(failed):
        flash.succeeded(f"已保存 {number - len(failed)} 个文件。")
    if failed:
        flash.refused(GuardFailed(failed))


def _one(upload: UploadedFile, verb: Callable, args: tuple) -> None:
    if not view().live:
        raise Conflict(PAST)
    key = content_key(upload.file_id, verb, args, {})
    perform(
        visitor.engine(),
        verb,
        *args,
        by=visitor.token(),
        now=datetime.now(UTC),
        key=key,
        file=keep_upload(upload, verb),
    )
