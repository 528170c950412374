"""The tests in Python, which drive a real nginx where Test::Nginx cannot.

    python3 -m unittest discover -t . -s t/live -v

from the root, after `eval "$(make -s env)"`: of t/live, t/lab, t/page or t/peer, or of all with
`-s t`. They need root, network namespaces and a TUN device; without, they are skipped and say so.
The environment:

TEST_NGINX_BINARY, TEST_NGINX_LOAD_MODULES, TEST_NGINX_PANIC_MODULES
    what to test, as `make env` tells it
SKIP_NOTHING=1
    what this machine cannot do is a failure
LAB=quick
    each case of t/lab once, in limits that a busy machine keeps
"""
