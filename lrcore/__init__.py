"""Logistic regression, trained live: the core that the dashboard plays."""
