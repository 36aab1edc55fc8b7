"""The file system of the runtime image: a virtual environment, and of its machine only what it needs to run.

    python3 package/rootfs.py ROOTFS VENV

The Dockerfile runs it in its build stage, with the interpreter that the environment was made with. ROOTFS is made anew. It gets
the environment, the interpreter, its standard library without what installs, tests and draws, and the shared libraries that any
of these load, each where the loader looks for it. Everything is compiled, and nobody but root may write. Of Debian's packages
that something was taken from, it gets the licences, and the entries by which scanners find vulnerable versions.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_LEFT_OUT = (
    *("__pycache__", "config-*", "dist-packages", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages"),
    *("test", "tests", "_test*", "_ctypes_test*", "_xxtest*", "xxlimited*", "tkinter", "_tkinter*", "turtle.py", "turtledemo"),
    "venv",
    # Nothing here opens a database, a terminal or NIS, and each of these brings libraries that have to be kept patched.
    *("sqlite3", "_sqlite3*", "curses", "_curses*", "dbm", "_dbm*", "_gdbm*", "nis.*", "readline*"),
)
"""What of the standard library stays out, as patterns of names."""
_PROGRAMS = ("function", "podidentity", "python*")
"""The programs of the environment that stay, as patterns of names."""
_MACHINE = ("/etc/ld.so.cache", "/etc/ssl/certs/ca-certificates.crt", "/etc/os-release", "/etc/debian_version")
"""Files that are taken where they exist: where libraries are outside the loader's own folders, CA certificates, the release."""
_ACCOUNTS = {"passwd": "function:x:2000:2000::/:/nonexistent\n", "group": "function:x:2000:\n"}


def main(rootfs: Path, venv: Path) -> None:
    """Make `rootfs` for `venv`. Raises CalledProcessError or RuntimeError where something cannot be compiled or found."""
    rootfs.mkdir()
    library = Path(sysconfig.get_path("stdlib"))
    copy_folder(library, rootfs, _LEFT_OUT)
    copy_folder(venv, rootfs, ("__pycache__",))
    for program in _inside(rootfs, venv / "bin").iterdir():
        if not any(program.match(name) for name in _PROGRAMS):
            program.unlink()
    executable = Path(sys.executable)
    copy(executable, rootfs)
    programs = [executable.resolve(), *_modules(rootfs, library), *_modules(rootfs, venv)]
    needed = sorted(set(libraries(programs)))
    for path in needed:
        copy(path, rootfs)
    for package in debian_packages([*programs, *needed, *map(Path, _MACHINE)]):
        _describe(package, rootfs)
    for name in _MACHINE:
        if Path(name).exists():
            copy(Path(name), rootfs)
    (rootfs / "etc").mkdir(exist_ok=True)
    for name, line in _ACCOUNTS.items():
        (rootfs / "etc" / name).write_text(line)
    for folder in (library, venv):
        _compile(_inside(rootfs, folder), rootfs)
    protect(rootfs)


def copy(path: Path, rootfs: Path) -> None:
    """Copy the file `path` to the same place below `rootfs`, and every symbolic link on the way to it as a link."""
    reached, left = Path("/"), list(path.parts[1:])
    while left:
        reached /= left.pop(0)
        target = _inside(rootfs, reached)
        if reached.is_symlink():
            link = reached.readlink()
            if not target.is_symlink():
                target.symlink_to(link)
            left = [*Path(os.path.normpath(reached.parent / link)).parts[1:], *left]
            reached = Path("/")
        elif reached.is_dir():
            target.mkdir(exist_ok=True)
        elif not target.exists():
            shutil.copy2(reached, target)


def copy_folder(folder: Path, rootfs: Path, left_out: tuple[str, ...]) -> None:
    """Copy a folder to the same place below `rootfs`, with what its links lead to, without names like one of `left_out`."""
    copy(folder, rootfs)
    real = folder.resolve()
    ignore = shutil.ignore_patterns(*left_out)
    shutil.copytree(real, _inside(rootfs, real), symlinks=True, dirs_exist_ok=True, ignore=ignore)
    for path in list(_inside(rootfs, real).rglob("*")):
        original = Path("/") / path.relative_to(rootfs)
        if path.is_symlink() and original.exists():
            copy(original, rootfs)


def libraries(programs: Iterable[Path]) -> Iterator[Path]:
    """The shared libraries that programs and modules load, and the loader itself, as the loader of this machine finds them.

    Raises RuntimeError where one is not installed.
    """
    for program in programs:
        # It fails for what is linked statically, which needs none.
        listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
        for line in listed.splitlines():
            name, _, found = line.strip().rpartition("=> ")
            if found == "not found":
                raise RuntimeError(f"{program} needs {name.strip()}, which is not installed")
            if found.startswith("/"):
                yield Path(found.partition(" ")[0])


def debian_packages(paths: Iterable[Path]) -> list[str]:
    """The Debian packages that files were installed from, sorted; none where Debian's package manager is not there."""
    if shutil.which("dpkg-query") is None:
        return []
    # A package may name a file by the place that /lib was before it became a link into /usr.
    patterns = [f"*/{path.relative_to('/usr' if path.is_relative_to('/usr') else '/')}" for path in paths]
    # It fails where one of them is from no package.
    listed = subprocess.run(["dpkg-query", "--search", *patterns], capture_output=True, text=True, check=False).stdout
    lines = [line for line in listed.splitlines() if not line.startswith("diversion ")]
    return sorted({package for line in lines for package in line.partition(": ")[0].split(", ")})


def protect(rootfs: Path) -> None:
    """Let everybody read and nobody write; nothing can be run but programs and the loader, and those as their caller."""
    for path in (rootfs, *rootfs.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            # Root may write here alone: a container's runtime makes what it mounts on.
            path.chmod(0o755)
        elif not path.is_symlink():
            path.chmod(0o555 if path.parent.name == "bin" or path.name.startswith("ld-") else 0o444)


def _inside(rootfs: Path, path: Path) -> Path:
    return rootfs / path.relative_to("/")


def _modules(rootfs: Path, folder: Path) -> list[Path]:
    """Where the machine has the modules in machine code that were copied from a folder."""
    return [Path("/") / module.relative_to(rootfs) for module in sorted(_inside(rootfs, folder).rglob("*.so*"))]


def _describe(package: str, rootfs: Path) -> None:
    """Copy a package's licence, and write its entry where scanners look in images without a package manager."""
    name = package.partition(":")[0]
    entries = rootfs / "var" / "lib" / "dpkg" / "status.d"
    entries.mkdir(parents=True, exist_ok=True)
    status = subprocess.run(["dpkg-query", "--status", package], capture_output=True, text=True, check=True).stdout
    (entries / name).write_text(status)
    licence = Path("/usr/share/doc") / name / "copyright"
    if licence.exists():
        copy(licence, rootfs)


def _compile(folder: Path, rootfs: Path) -> None:
    # Taken as it is at run time, whatever the date of its source: nobody edits a file of an image.
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(rootfs), "-p", "/"]
    subprocess.run([*command, str(folder)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
