"""Which number a line of the log carries."""

import contextlib
import threading

from pilot.services import trace


def in_a_thread(work):
    """What `work` returns in a new thread, where no number has begun."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def test_outside_of_any_request_there_is_no_number():
    assert in_a_thread(trace.request_id) == ""


def test_a_callback_and_the_page_after_it_share_a_number():
    def work():
        trace.begin()
        before = trace.request_id()
        with trace.page_run():
            return before, trace.request_id()

    before, during = in_a_thread(work)
    assert before == during != ""


def test_the_next_run_in_the_same_thread_has_another():
    def work():
        numbers = []
        for _ in range(3):
            with trace.page_run():
                numbers.append(trace.request_id())
        return numbers

    assert len(set(in_a_thread(work))) == 3


def test_the_error_of_a_run_still_finds_its_number():
    def work():
        with contextlib.suppress(ZeroDivisionError), trace.page_run():
            during = trace.request_id()
            raise ZeroDivisionError
        return during, trace.request_id()

    during, after = in_a_thread(work)
    assert during == after


def test_an_action_inside_a_request_keeps_the_requests_number():
    def work():
        with trace.tracing("a" * 16):
            trace.begin()
            trace.acts(7)
            inside = trace.request_id(), trace.actor_id()
        return inside, (trace.request_id(), trace.actor_id())

    assert in_a_thread(work) == (("a" * 16, 7), ("", None))
