"""What the tests in Python share: namespaces, an nginx in them, clients that send any SYN, and
witnesses of what they sent."""
