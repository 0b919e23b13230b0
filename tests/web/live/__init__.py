"""Live pages over real sockets."""
