"""A network with distances in it, for tests that compare milliseconds.

Client, proxy and server are network namespaces; between them is a wire in user space that takes
its time.
"""
