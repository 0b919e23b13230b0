"""What the service centre knows: people, rooms, tickets, orders, promises, events, statistics."""
