"""Portfolio of pilot-scale R&D projects: gates, claims, two times."""
