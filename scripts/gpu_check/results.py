"""The JSON of all checks, written after each, and its table."""

from __future__ import annotations

import contextlib
import datetime
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import utils

SHOWN = ("reward_share", "seconds_a_step", "tokens_a_second", "rollout_tokens_a_second", "peak_gib", "last_loss")


class Report:
    """Results by model, stack and check, kept in a file over several calls of the command."""

    def __init__(self, path: Path, machine: dict[str, Any], *, again: bool = False) -> None:
        self.path = path
        self.machine = machine
        self.again: set[tuple[str, ...]] = set()
        self.entries: dict[tuple[str, str, str], dict[str, Any]] = self._known()
        if again:
            self.again = set(self.entries)

    def _known(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """What an earlier call left of the same commit, versions and machine; anything else is measured again."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if found["machine"] != json.loads(json.dumps(self.machine, default=str)):
            return {}
        return {(entry["model"], entry["stack"], entry["check"]): entry for entry in found["checks"]}

    def is_ok(self, *key: str) -> bool:
        """Whether this check is done and needn't be repeated."""
        return key not in self.again and self.entries.get(key, {}).get("status") == "ok"

    def figure(self, model: str, stack: str, check: str, name: str) -> Any:
        return self.entries.get((model, stack, check), {}).get("figures", {}).get(name)

    @contextlib.contextmanager
    def timed(self, model: str, stack: str, check: str) -> Iterator[dict[str, Any]]:
        """An entry to fill in; it is kept, whatever happens, with its seconds."""
        entry: dict[str, Any] = {
            "model": model,
            "stack": stack,
            "check": check,
            "status": "ok",
            "reason": "",
            "figures": {},
        }
        print(f"{model}/{stack}/{check} ...", end=" ", flush=True)
        started = time.monotonic()
        yield entry
        entry["seconds"] = round(time.monotonic() - started, 1)
        entry["at"] = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self.entries[model, stack, check] = entry
        self.again.discard((model, stack, check))
        self._write()
        print(f"{entry['status']} in {entry['seconds']:.0f} s {entry['reason']}")

    def _write(self) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        utils.write_json(self.path, {"made": now, "machine": self.machine, "checks": list(self.entries.values())})

    def failed(self) -> int:
        """1 if a check failed, else 0."""
        return int(any(entry["status"] == "failed" for entry in self.entries.values()))

    def table(self) -> str:
        """One line a check: status, seconds, and its main figures or the reason."""
        lines = [f"{'model':<9}{'stack':<10}{'check':<10}{'status':<9}{'seconds':>8}  figures or reason"]
        for entry in self.entries.values():
            shown = {name: entry["figures"][name] for name in SHOWN if name in entry["figures"]}
            figures = ", ".join(f"{name} {value}" for name, value in shown.items())
            names = f"{entry['model']:<9}{entry['stack']:<10}{entry['check']:<10}{entry['status']:<9}"
            lines.append(f"{names}{entry['seconds']:>8.0f}  {entry['reason'] or figures}")
        return "\n".join(lines)
