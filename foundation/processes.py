"""Other Python processes of ours."""

import os
import sys
from pathlib import Path


def build_environment() -> dict[str, str]:
    """Environment variables with which another Python finds the same modules as this one."""
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])}
