"""`python -m bench`: every bench of this folder, one after the other, each in a process of its own; JSON lines.

`python -m bench NAME...` runs only those. Long fault runs (soak) are not among them. The exit status is 1 if one failed.
"""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

NOT_BY_ITSELF = frozenset({"__main__", "soak"})


def names() -> list[str]:
    """Return the benches of this folder: the modules that have a `main`."""
    here = Path(__file__).parent
    found = sorted(m.name for m in pkgutil.iter_modules([str(here)]) if m.name not in NOT_BY_ITSELF)
    return [n for n in found if "\ndef main(" in (here / f"{n}.py").read_text(encoding="utf-8")]


def main() -> int:
    """Run what was asked for, else all."""
    failed = [n for n in sys.argv[1:] or names() if subprocess.run([sys.executable, "-m", f"bench.{n}"], check=False).returncode]
    if failed:
        sys.stderr.write(f"bench: {', '.join(failed)} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
