"""An nginx on this machine: sockets, raw packets, reloads, HTTP/2 and time."""
