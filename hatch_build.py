"""The optional compiled build: mypyc turns the tagger's hot modules into extension modules beside their sources.

Pure Python is the default and always works. `HATCH_BUILD_HOOK_ENABLE_CUSTOM=true pip install .` makes a compiled wheel
(pyproject.toml lists the modules and what the build needs), `python hatch_build.py` compiles a checkout in place and
`python hatch_build.py clean` takes that back. khabar/native.py tells a compiled module from an outdated one. A hook of our
own, since hatch-mypyc hides pyproject.toml, and with it mypy's settings, while it compiles.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP: Final = Path("khabar/native.json")
"""What was compiled: the SHA-256 of each source by its path."""
GROUP: Final = "khabar"
"""The compiled code itself is one library, khabar__mypyc, beside the packages; the extension modules lead into it."""
FLAGS: Final = [] if sys.platform == "win32" else ["-fno-semantic-interposition", "-fvisibility=hidden"]
"""Nobody outside calls or replaces the compiled functions, so the compiler may inline them into one another."""


class NativeHook(BuildHookInterface[Any]):
    """Puts the compiled modules into the wheel; pip runs it only where it is enabled."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and add what came of it to the wheel; an editable install finds it in place."""
        root = Path(self.root)
        made = build(root, self.config["modules"])
        if version == "editable":
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(root / path): str(path) for path in made})


def build(root: Path, modules: Sequence[str]) -> list[Path]:
    """Compile `modules` (paths of sources below `root`) in place; return what was written, as paths below `root`."""
    from mypyc.build import mypycify  # noqa: PLC0415  # to clean needs no compiler
    from setuptools import Distribution  # noqa: PLC0415  # as above
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415  # as above

    clean(root)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(root):
        extensions = mypycify(list(modules), target_dir=folder, group_name=GROUP)
        for extension in extensions:
            extension.extra_compile_args += FLAGS
        command = build_ext(Distribution({"name": GROUP, "ext_modules": extensions}))
        command.build_temp, command.build_lib = folder, str(Path(folder, "lib"))
        command.parallel = os.cpu_count()
        command.ensure_finalized()
        command.run()
        made = [Path(path) for path in command.get_outputs()]
        paths = [path.relative_to(command.build_lib) for path in made]
        for source, path in zip(made, paths, strict=True):
            shutil.copyfile(source, root / path)
    stamp = {module: hashlib.sha256((root / module).read_bytes()).hexdigest() for module in modules}
    (root / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    return [*paths, STAMP]


def clean(root: Path) -> None:
    """Remove what `build` made."""
    for path in (*_extensions(root), root / STAMP):
        path.unlink(missing_ok=True)


def _extensions(root: Path) -> Iterable[Path]:
    yield from root.glob(f"{GROUP}__mypyc.*")
    for package in ("khabar", "streams"):
        for suffix in (".so", ".pyd"):
            yield from (root / package).rglob(f"*{suffix}")


def main() -> None:
    """Compile the checkout in place, or clean it."""
    root = Path(__file__).parent
    if sys.argv[1:] == ["clean"]:
        clean(root)
        return
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    build(root, project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["modules"])


if __name__ == "__main__":
    main()
