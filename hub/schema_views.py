"""Read-only views for outside BI tools: stable names and columns over the tables, without personal words.

They are dropped before a migration and drawn anew after it, so that no migration need know them. The same
text runs on SQLite and PostgreSQL. docs/bi-views.md says what each column means.
"""

from sqlalchemy import Connection, inspect, text

VIEWS = {
    "bi_office": """
        SELECT o.id AS office_id, o.code AS office, o.name, o.zone, o.property_type, o.households, o.area_m2,
               o.is_demo, o.is_replay
        FROM office o""",
    "bi_ticket": """
        SELECT t.number AS ticket, o.code AS office, t.kind, c.group_code AS category_group,
               c.code AS category, t.priority, t.channel, t.status, t.outcome, t.callback,
               b.code AS building, r.code AS room, t.received_at, t.registered_at, t.first_contact_at,
               t.solved_at, t.closed_at, t.times_reopened, t.times_urged, t.round AS rounds, t.is_imported,
               l.number AS lead_ticket,
               CASE WHEN t.outcome IN ('withdrawn', 'duplicate') THEN 0 ELSE 1 END AS is_counted,
               CASE WHEN t.lead_id IS NULL
                     AND (t.outcome IS NULL OR t.outcome NOT IN ('withdrawn', 'duplicate'))
                    THEN 1 ELSE 0 END AS is_matter
        FROM ticket t
        JOIN office o ON o.id = t.office_id
        LEFT JOIN category c ON c.id = t.category_id
        LEFT JOIN room r ON r.id = t.room_id
        LEFT JOIN building b ON b.id = r.building_id
        LEFT JOIN ticket l ON l.id = t.lead_id""",
    "bi_order": """
        SELECT w.number AS work_order, t.number AS ticket, o.code AS office, d.code AS department,
               s.login AS worker, w.round, w.status, w.dispatched_to, w.chosen_by, w.issued_at, w.assigned_at,
               w.accepted_at, w.contacted_at, w.departed_at, w.arrived_at, w.done_at, w.ended_at,
               w.times_returned
        FROM work_order w
        JOIN ticket t ON t.id = w.ticket_id
        JOIN office o ON o.id = w.office_id
        JOIN department d ON d.id = w.department_id
        LEFT JOIN staff s ON s.id = w.worker_id""",
    "bi_promise": """
        SELECT t.number AS ticket, w.number AS work_order, o.code AS office, p.kind AS promise, p.round,
               p.priority, p.started_at, p.base_due_at, p.due_at, p.held_seconds, p.kept_at, p.ended_at,
               p.is_inferred
        FROM promise p
        JOIN ticket t ON t.id = p.ticket_id
        JOIN office o ON o.id = p.office_id
        LEFT JOIN work_order w ON w.id = p.order_id""",
    "bi_callback": """
        SELECT t.number AS ticket, o.code AS office, k.round, k.attempt, k.means, k.tried_at, k.reached,
               k.solved, k.satisfied, k.is_self_approved
        FROM callback k
        JOIN ticket t ON t.id = k.ticket_id
        JOIN office o ON o.id = k.office_id""",
    "bi_event": """
        SELECT e.id AS event_id, e.stream, e.seq, e.kind, o.code AS office, t.number AS ticket,
               w.number AS work_order, e.happened_at, e.recorded_at
        FROM event e
        LEFT JOIN office o ON o.id = e.office_id
        LEFT JOIN ticket t ON t.id = e.ticket_id
        LEFT JOIN work_order w ON w.id = e.order_id""",
}


def drop(connection: Connection) -> None:
    """Take the views away, where they are."""
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def create(connection: Connection) -> None:
    """Draw the views over the tables; nothing where the tables are not (all) there."""
    if not {"ticket", "work_order", "promise", "callback", "event"} <= set(
        inspect(connection).get_table_names()
    ):
        return
    for name, query in VIEWS.items():
        connection.execute(text(f"CREATE VIEW {name} AS {query}"))
