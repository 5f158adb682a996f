"""Types of request in the product: their questions, team, policy, target times and tasks, for administrators.

It needs the core, the approvals and the target times at once; what is kept about questions and tasks is
`requests_app.configured.publishing`.
"""
