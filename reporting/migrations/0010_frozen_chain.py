"""What was approved before the chain is sealed into it: in the order of the approvals, each with its files.

The chain's rules are written out here as they were on the day of the migration.
"""

import hashlib
import json

from django.db import migrations


def seal(apps, schema_editor):
    Summary, ChainLink = (apps.get_model("reporting", name) for name in ("Summary", "ChainLink"))
    last = ChainLink.objects.order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, "")
    approved = Summary.objects.filter(status="approved", links=None).order_by("approved_at", "pk")
    for summary in approved.iterator(chunk_size=1):
        text = json.dumps(summary.frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        sealed = [("frozen", None, hashlib.sha256(text.encode()).hexdigest())]
        files = summary.files.order_by("language", "kind").values_list("pk", "sha256")
        sealed += [("file", pk, sha256) for pk, sha256 in files]
        for kind, pk, sha256 in sealed:
            number += 1
            covered = f"{number}\n{kind}\n{sha256}\n{previous}"
            link = ChainLink.objects.create(
                number=number,
                summary=summary,
                file_id=pk,
                sha256=sha256,
                previous=previous,
                hash=hashlib.sha256(covered.encode()).hexdigest(),
                at=summary.approved_at,
            )
            previous = link.hash


class Migration(migrations.Migration):
    dependencies = [("reporting", "0009_guard_the_chain_and_the_journal")]

    # Back: links are never taken away, and what is linked is passed over when it is sealed again.
    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
