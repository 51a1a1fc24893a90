"""The least a Streamlit page of a shape can cost: no login, no database, no rules."""
