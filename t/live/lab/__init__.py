"""What the live tests share: namespaces, an nginx in them, and clients that send any SYN.

    python3 -m unittest discover -s t/live -v

They need root, network namespaces and a TUN device; without, they are skipped and say so. The
environment:

TEST_NGINX_BINARY, TEST_NGINX_LOAD_MODULES, TEST_NGINX_PANIC_MODULES
    what to test, as `make env` tells it
REQUIRE_LAB=1
    what this machine cannot do is a failure
"""
