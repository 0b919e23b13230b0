"""The mail door: what people write to the centre's mailbox, fetched and worked like a text."""
