"""Whether what was worked out before the base's turn (备好) still holds in it."""

from sqlmodel import Session

from pilot.services.command import Outdated
from pilot.store import journal_reading

# No report tells of these and no check asks for them; the signers, the notes and the state of a
# report are looked at again in the turn. Whatever is not named here makes a report anew.
APART = frozenset(
    {
        *("notice", "mail_address", "digest_policy", "project_note", "template_draft"),
        *("report_filing", "filing_comment", "report_calendar", "import_source", "import_mapping"),
        *("submission", "submission_round", "submission_file", "submission_comment"),
        *("submission_vote", "api_token", "invitation", "registration", "join_policy"),
    }
)
_MOST = 500  # entries that are looked through


def check_reports(session: Session, base_id: int, sequence: int) -> None:
    """Raise Outdated if an entry after this one may change what a report of the base says."""
    told = journal_reading.told_since(session, base_id, sequence, _MOST)
    if told is None or told - APART:
        raise Outdated
