"""How long a plan's measures take to import: by our sheet, and by django-import-export's default, row by row.

    python -m bench.import_measures [rows, 10000 unless told] [rows of the default, as many unless told]

The same rows, with as many assignments and funding sources, go through both: into an empty roadmap, with a change in
every row, and once more unchanged. On SQLite in a folder of its own, and on PostgreSQL if DATABASE_URL names one; the
databases are made for the run and taken away after it. Exit with 1 where ours takes more than a tenth of the default.
"""

import os
import subprocess
import sys
import tempfile


def main(rows="10000", rows_of_default=None):
    """Measure on each database in a process of its own; return the worst exit code."""
    given = os.environ.get("DATABASE_URL", "")
    urls = {"SQLite": ""} | ({"PostgreSQL": given} if given.startswith("postgres") else {})
    codes = []
    for name, url in urls.items():
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {
                "DATABASE_URL": url or f"sqlite:///{folder}/roadmap.sqlite3",
                "DEBUG": "true",
                "ROADMAP_VAR": folder,
                "DJANGO_SETTINGS_MODULE": "roadmap.settings",
            }
            print(f"\n{name}", flush=True)
            command = [sys.executable, "-m", "bench.measures", rows, rows_of_default or rows]
            codes.append(subprocess.run(command, env=environment).returncode)  # noqa: S603
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
