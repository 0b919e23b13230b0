"""What the service centre does: receive, triage, route, assign, follow up, escalate, call back, close."""
