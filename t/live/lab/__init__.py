"""What the live tests share: namespaces, an nginx in them, and clients that send any SYN."""
