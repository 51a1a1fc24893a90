"""The parts of pages that are too long for a page: they draw, they decide nothing."""
