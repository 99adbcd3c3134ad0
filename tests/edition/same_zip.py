#!/usr/bin/env python3
"""same_zip.py FOLDER ZIP: the archive holds the folder's files, all below one folder of its own name, and no others."""
import pathlib
import sys
import zipfile

folder, archive = map(pathlib.Path, sys.argv[1:])
on_disk = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
on_disk = {name: p for name, p in on_disk.items() if not name.startswith("build/")}
faults = []
with zipfile.ZipFile(archive) as packed:
    top = archive.stem + "/"
    names = {i.filename.removeprefix(top): i for i in packed.infolist() if not i.is_dir()}
    if not all(i.filename.startswith(top) for i in names.values()):
        faults.append("a file lies beside the archive's own folder")
    for name in sorted(names.keys() ^ on_disk.keys()):
        faults.append(f"{name} is in one of the two only")
    for name in sorted(names.keys() & on_disk.keys()):
        if packed.read(names[name]) != on_disk[name].read_bytes():
            faults.append(f"{name} differs")
    if not names["workbook"].external_attr >> 16 & 0o100:
        faults.append("workbook cannot be run once unpacked")
print("\n".join(faults) or f"{len(names)} files")
sys.exit(1 if faults else 0)
