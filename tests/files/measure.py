"""What taking a file in costs, in a process of its own: `python -m tests.files.measure <folder>`.

Each file of the folder is given to the intake as an upload that lies on the disk. Prints a JSON list of
[name, outcome, seconds of a processor, MB above what the process had before].
"""

import json
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import django


def memory(what: str) -> float:
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def main(folder: Path) -> None:
    django.setup()
    from requests_app.attachments import intake
    from requests_app.attachments.refusing import NotTaken

    costs = []
    for path in sorted(folder.iterdir()):
        Path("/proc/self/clear_refs").write_text("5")  # forget the highest mark so far
        before, began = memory("VmRSS"), time.process_time()
        with path.open("rb") as file:
            upload = SimpleNamespace(
                name=path.name.partition("~")[2],
                size=path.stat().st_size,
                seek=file.seek,
                read=file.read,
                tell=file.tell,
            )
            try:
                outcome = f"taken: {len(intake.accept(upload).content)}"
            except NotTaken as refusal:
                outcome = refusal.sentence
        costs.append(
            [path.name, outcome, round(time.process_time() - began, 3), round(memory("VmHWM") - before, 1)]
        )
    print(json.dumps(costs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
