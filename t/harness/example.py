"""A configuration of nginx-conf/, as a user copies it, in the network namespace of a test."""

from .nginx import ROOT, Nginx

EXAMPLES = ROOT / "nginx-conf"


class Example(Nginx):
    """nginx with one of these files, in the block that it is for."""

    def __init__(self, name, **configuration):
        self.name = name
        super().__init__(**configuration)

    def configure(self, replaced, http=""):
        """Writes it, with texts of it replaced and more for http; its logs are in `logs`."""
        text = (EXAMPLES / self.name).read_text()
        for old, new in {"/var/log/nginx/": f"{self.prefix}/logs/", **replaced}.items():
            if old not in text and old in replaced:
                raise ValueError(f"no {old} in {self.name}")
            text = text.replace(old, new)
        if "/etc/nginx/stream.d/" in text:
            super().configure(http, text)
        else:
            super().configure(http + text)
