"""The verbs: one function is one user action and one transaction; none of them commits."""
