"""The edge: nobody gets in without a session, nothing is done twice, half, or by a forged hand."""

from collections.abc import Iterator

from tests import serving
from tests.proofs import edge_actions, edge_secrets, edge_sessions, edge_surface, stage
from tests.proofs.plan import Effort, Finding

TITLE = "edge"


def prove(effort: Effort) -> Iterator[Finding]:
    """The product's own pages first, then the pages made for the purpose, behind the same gate."""
    server = stage.product()
    yield from edge_surface.surface(server, effort)
    yield from edge_sessions.sessions(server, effort)
    yield from edge_actions.forged(server)
    port, folder = serving.free_port(), stage.folder()
    place = {"app_dir": stage.PROBE, "port": port}
    with serving.serving(folder, **place) as probe:
        yield from edge_sessions.revoked(probe)
        yield from edge_sessions.media(probe)
        yield from edge_actions.clicks(probe, effort)
        yield from edge_surface.crash(probe)
        left = edge_secrets.before_restart(probe)
    with serving.serving(folder, edge_secrets.skip, **place) as again:
        yield from edge_secrets.after_restart(left, again, effort)
        yield from edge_secrets.logs(server, again)
