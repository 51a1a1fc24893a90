"""The hostile portfolio reaches every text that people type; a new column has to be placed."""

from pilot.store import schema
from pilot.store.engine import make_engine
from tests import hostile

# Codes, words, hashes and numbers that have a form of their own.
MACHINE = {
    "account": "login password_hash",
    "api_token": "scopes shown token_hash",
    "attachment": "media_type sha256",
    "base": "city_code code",
    "checklist_item": "code doc_code",
    "claim": "rule unit_kind",
    "claim_source": "kind",
    "code_item": "code edition list_name",
    "contract": "no_key registration_no",
    "evidence": "doc_code",
    "import_batch": "digest layout message written",
    "import_mapping": "columns",
    "import_problem": "rule",
    "import_row": "before differences digest",
    "invitation": "token_hash",
    "journal_entry": "action changes hash key previous subject",
    "journal_head": "hash",
    "job_run": "leased_by name said",
    "landing": "site_area",
    "login_attempt": "address login",
    "login_session": "address agent token_hash",
    "mail": "last_error leased_by token_hash",
    "move": "action",
    "notice": "page",
    "organisation": "actual_area kind ladder reg_area uscc zone",
    "person": "kind",
    "project": "area field hazard_process industry industry_edition zone"
    " readiness_scheme readiness_version",
    "filing_comment": "action",
    "filing_explanation": "finding",
    "project_site": "site",
    "project_span": "area field holder_uscc industry readiness sites",
    "public_fact": "subject suggests",
    "registration": "token_hash",
    "receiver_rule": "argument code equation field only_when template",
    "report_calendar": "template templates",
    "report_filing": "period template",
    "report_pack": "checked_by definitions manifest period prepared_by product_version responsible"
    " sha256 template_code",
    "report_template": "body code document_number form_number issuer title",
    "result": "attribute field industry kind maturity owner_type registration_no"
    " readiness_scheme readiness_version title_key",
    "result_merge": "moved",
    "result_identifier": "key kind",
    "result_span": "field kind registration_no",
    "review_check": "code doc_code",
    "snapshot_projects": "area field",
    "submission": "content receipt",
    "submission_comment": "field",
    "submission_round": "content fingerprint",
    "submission_vote": "fingerprint",
    "template_draft": "body start",
    "transfer": "implement_area receive_area",
    "transfer_span": "contract_registration_no field holder_codes implement_area kind"
    " receive_area receiver_uscc registration_no",
}


def test_every_text_column_is_typed_or_has_a_form_of_its_own():
    machine = {f"{table}.{one}" for table, names in MACHINE.items() for one in names.split()}
    assert hostile.text_columns() - hostile.typed_columns() == machine


def test_every_typed_column_gets_a_hostile_text(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'pilot.db'}")
    schema.upgrade(engine)
    hostile.seed(engine)
    planted = {one.place.split()[0] for one in hostile.plant(engine, 1)}
    engine.dispose()
    assert planted == hostile.typed_columns()
