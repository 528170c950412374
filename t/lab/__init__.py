"""Round trips over wires with a distance."""
