"""A network with distances in it, for tests that compare milliseconds.

    python3 -m unittest discover -s t/lab -v

With LAB=quick each case runs once, in limits that a busy machine keeps.

Client, proxy and server are network namespaces; between them is a wire in user space that takes
its time. The namespaces, the nginx and the rest are those of the live tests.
"""

import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "live"))
