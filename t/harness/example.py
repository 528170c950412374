"""A configuration of nginx-conf/, as a user copies it, in the network namespace of a test."""

import re

from .nginx import ROOT, Nginx

EXAMPLES = ROOT / "nginx-conf"


class Example(Nginx):
    """nginx with one of these files, in which it loads what is under test."""

    def __init__(self, name, **configuration):
        self.name = name
        super().__init__(**configuration)

    def configure(self, replaced):
        """Writes it, with texts of it replaced; relative paths are of its folder."""
        text = (EXAMPLES / self.name).read_text()
        load = "".join(f"load_module {module};\n" for module in self.load)
        text = re.sub("(?:^load_module .*\n)+", load, text, flags=re.MULTILINE)
        for old, new in replaced.items():
            if old not in text:
                raise ValueError(f"no {old} in {self.name}")
            text = text.replace(old, new)
        (self.prefix / "nginx.conf").write_text(text)
