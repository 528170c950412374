"""SYNs that real proxies hand on."""
