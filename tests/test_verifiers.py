"""The verifiers environment with the real library: scripted answers for the protocol, and vLLM serving SmolLM2."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from stack import DEMO, REPO, environment

from backends.vllm_cpu import SETTINGS
from recipes.rubric import CHANGES
from text2sql.feedback import feedback, final_answer
from text2sql.rewards import execution, resolve
from text2sql.schema import describe
from text2sql.score import score_batch

vf = pytest.importorskip("verifiers", reason="verifiers is not installed (make verifiers)")

HOME = REPO / "environments" / "text_to_sql"
GOLD, OTHER = "SELECT count(*) FROM member", "SELECT count(*) FROM bike"
"""The gold of the first evaluation questions, and a query that is wrong for them."""
EXECUTION = {"execution": 1.0}
RUBRIC = ("syntax", "keyword_order", "schema_references", "executable", "semantic")


@pytest.fixture(autouse=True)
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """verifiers' own loader; an environment takes over two signals, which are given back."""
    monkeypatch.syspath_prepend(str(HOME))
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield lambda **options: vf.load_environment("text-to-sql", **options)
    for number, handler in kept.items():
        signal.signal(number, handler)


def evaluate(env: Any, url: str, **options: Any) -> list[dict[str, Any]]:
    """The rollouts of `env.evaluate` against the server at `url`, as verifiers reports them."""
    from openai import AsyncOpenAI

    async def run() -> list[dict[str, Any]]:
        async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as server:
            client = vf.OpenAIChatCompletionsClient(server)
            return (await env.evaluate(client, "smollm2", on_progress=lambda *_: None, **options))["outputs"]

    return asyncio.run(run())


def answers(output: dict[str, Any]) -> list[str]:
    return [message.content or "" for message in output["completion"] if message.role == "assistant"]


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[str, list[dict]]]]:
    """scripted("SELECT 1", ...) serves these as the answers of any conversation: (url, the requests that come)."""
    servers = []

    def serve(*texts: str | None) -> tuple[str, list[dict]]:
        requests: list[dict] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                requests.append(body)
                turn = sum(message["role"] == "assistant" for message in body["messages"])
                reply(self, texts[min(turn, len(texts) - 1)])

            def log_message(self, *_: Any) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/v1", requests

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, text: str | None) -> None:
    """Answer as OpenAI's chat completions do."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    fields = {"id": "1", "object": "chat.completion", "created": 1, "model": "smollm2"}
    data = json.dumps(fields | {"choices": [choice], "usage": usage}).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def test_the_demo_is_the_default(load) -> None:
    env = load()
    train, dev = env.get_dataset(), env.get_eval_dataset()
    assert isinstance(env, vf.SingleTurnEnv)
    assert (len(train), len(dev)) == (816, 254)
    row = dev[0]
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert row["prompt"][1]["content"].endswith(f"Question: {row['question']}")
    assert row["answer"] == GOLD and Path(row["info"]["database"]).is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_turns": 0}, "max_turns: 0 is below 1"),
        ({"format": "xml"}, "format: 'xml' is not one of sql, think, solution"),
        ({"rewards": []}, "name at least one"),
        ({"rewards": ["execution", "text2sql.rewards.execution"]}, "no two with the same last name"),
        ({"rewards": {"executon": 1.0}}, "did you mean execution"),
        ({"data_root": "nowhere"}, "nowhere: no such folder"),
        ({"eval_split": "test"}, "split: 'test' is not one of"),
    ],
)
def test_a_mistake_is_named(load, options: dict, words: str) -> None:
    with pytest.raises((RuntimeError, ValueError), match=words):
        load(**options).get_eval_dataset()


@pytest.mark.parametrize(
    "answer", [GOLD, f"```sql\n{OTHER};\n```", "SELECT nme FROM member", "I do not know.", "", None]
)
def test_one_answer_is_paid_as_the_trainer_pays_it(load, scripted, answer: str | None) -> None:
    url, requests = scripted(answer)
    env = load(rewards={"execution": 2.0, "stack.letters": 0.5})
    [output] = evaluate(env, url, num_examples=1)
    [score] = score_batch([(answer or "", output["answer"], output["info"]["database"])])
    letters = len(score.sql) % 7 / 7
    assert output["reward"] == pytest.approx(2 * execution(score) + 0.5 * letters)
    assert output["metrics"]["execution"] == execution(score)
    assert output["metrics"]["execution_accuracy"] == score.official == (answer == GOLD)
    assert len(requests) == 1 and requests[0]["messages"] == env.get_eval_dataset()[0]["prompt"]
    assert env.parser.parse_answer(output["completion"]) == score.sql


@pytest.mark.parametrize("answer", [GOLD, OTHER, "SELECT nme FROM member", "SELECT FROM", "Fourteen.", ""])
def test_the_rubric_is_the_default(load, scripted, answer: str) -> None:
    """Its criteria are weighted as in the recipe; by it, only a right answer passes."""
    url, _ = scripted(answer)
    env = load()
    for output in evaluate(env, url, num_examples=1, rollouts_per_example=2):
        [score] = score_batch([(answer, output["answer"], output["info"]["database"])])
        paid = {name: resolve(name)(score) for name in RUBRIC}
        assert paid == {name: output["metrics"][name] for name in RUBRIC}
        assert output["reward"] == pytest.approx(0.1 * sum(paid.values()) + 0.5 * paid["semantic"])
        assert (output["reward"] >= env.pass_threshold) == (answer == GOLD)


def test_evidence_is_asked_with_the_question(load, tmp_path: Path) -> None:
    """A folder of one's own, whose questions say what one has to know."""
    shutil.copy(DEMO / "database" / "zoo" / "zoo.sqlite", tmp_path)
    record = {"db": "zoo", "question": "How many?", "sql": "SELECT count(*) FROM animal", "evidence": "all animals"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(record) + "\n")
    [row] = load(data_root=str(tmp_path)).get_dataset()
    assert row["prompt"][1]["content"].endswith("Evidence: all animals\nQuestion: How many?")


def test_the_rubric_is_that_of_the_recipe(load) -> None:
    from text_to_sql.questions import RUBRIC as weights

    assert [word for name, weight in weights.items() for word in (name, str(weight))] == CHANGES["rubric"][
        "grpo.rewards"
    ]
    assert set(weights) == set(RUBRIC)


def test_the_format_is_asked_for_read_and_paid(load, scripted) -> None:
    url, requests = scripted(f"<think>Count them.</think><answer>{GOLD}</answer>")
    env = load(format="think", rewards={"execution": 0.2, "format_exact": 1.0})
    [output] = evaluate(env, url, num_examples=1)
    assert "<answer>" in requests[0]["messages"][0]["content"]
    assert output["reward"] == pytest.approx(2.0) and env.parser.parse_answer(output["completion"]) == GOLD


def test_rollouts_are_executed_once_whatever_is_paid(load, scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    url, _ = scripted(OTHER)
    env = load(rewards=["execution", "stack.letters"])
    module, batches = sys.modules["text_to_sql.classic"], []

    async def counted(items: list, **options: Any) -> list:
        batches.append(items)
        return score_batch(items, **options)

    monkeypatch.setattr(module, "score_batch_async", counted)
    assert [output["reward"] for output in evaluate(env, url, num_examples=1, rollouts_per_example=3)]
    assert [len(batch) for batch in batches] == [3], "a group at a time"


@pytest.mark.parametrize(
    ("texts", "turns", "reward", "stop"),
    [
        ((OTHER, GOLD, GOLD), 3, 5, "finished"),
        ((OTHER, GOLD, "SELECT nme FROM member"), 3, -1, "max_turns_reached"),
        ((GOLD, "done"), 2, 5, "finished"),
        ((GOLD, f"SQL:\n{GOLD};"), 2, 5, "finished"),
        (("done",), 1, -2, "finished"),
        (("SELECT nme FROM member", "I do not know.", OTHER), 3, 0, "max_turns_reached"),
    ],
)
def test_a_conversation(load, scripted, texts: tuple, turns: int, reward: float, stop: str) -> None:
    """Each answer but the last is followed by its feedback, and the last one is paid for."""
    url, requests = scripted(*texts)
    [output] = evaluate(load(rewards=EXECUTION, max_turns=3), url, num_examples=1)
    assert (output["metrics"]["num_turns"], output["reward"], output["stop_condition"]) == (turns, reward, stop)
    told = [feedback(text or "", output["info"]["database"]) for text in texts[: turns - 1]]
    assert [message.content for message in output["completion"] if message.role == "user"] == told
    assert [message["content"] for message in requests[-1]["messages"][3::2]] == told, "the model was told"


def test_a_server_that_fails_is_an_error_of_the_rollout(load) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    [output] = evaluate(load(rewards=EXECUTION), url, num_examples=1)
    assert output["error"] and output["reward"] == -2


@pytest.fixture(scope="module")
def vllm(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of vLLM's own OpenAI-compatible server with SmolLM2."""
    pytest.importorskip("vllm")
    log = tmp_path_factory.mktemp("vllm") / "log.txt"
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1", "--port", str(port)),
        *("--model", str(smollm2), "--served-model-name", "smollm2", "--dtype", "bfloat16", "--enforce-eager"),
        *("--max-model-len", "2048"),
    ]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment(**SETTINGS), stdout=output, stderr=output, cwd=log.parent)
    try:
        wait_until_healthy(process, f"http://127.0.0.1:{port}/health", log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(60)


def wait_until_healthy(process: subprocess.Popen, url: str, log: Path) -> None:
    for _ in range(500):
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(1)
    pytest.fail(f"the server does not answer: {log.read_text()[-3000:]}")


def short_queries() -> dict[str, Any]:
    """Sampling by which a small model writes queries that often run, so that rewards and feedback differ."""
    texts = [describe(path) for path in sorted((DEMO / "database").glob("*/*.sqlite"))]
    tables = sorted({name for text in texts for name in re.findall(r"CREATE TABLE (\w+)", text)})
    pattern = rf"SELECT (\*|name|count\(\*\)) FROM ({'|'.join(tables)})"
    return {"temperature": 1.0, "max_tokens": 40, "extra_body": {"structured_outputs": {"regex": pattern}}}


@pytest.mark.slow
@pytest.mark.parametrize("turns", [1, 3])
def test_a_served_model_is_evaluated(load, vllm: str, smollm2: Path, turns: int) -> None:
    """Rewards are those of the same texts scored elsewhere, and the model read the feedback on each answer."""
    env = load(rewards=EXECUTION, max_turns=turns)
    outputs = evaluate(env, vllm, sampling_args=short_queries(), num_examples=4, rollouts_per_example=4)
    assert len(outputs) == 16 and not any(output["error"] for output in outputs)
    items = [(final_answer(answers(output)), output["answer"], output["info"]["database"]) for output in outputs]
    scores = score_batch(items, keep_empty=True)
    assert [output["reward"] for output in outputs] == [execution(score) for score in scores]
    assert [output["metrics"]["strict_execution_accuracy"] for output in outputs] == [score.strict for score in scores]
    assert len({output["reward"] for output in outputs}) > 1
    assert (max(len(answers(output)) for output in outputs) > 1) == (turns > 1)
    for output in outputs:
        told = [message.content for message in output["completion"] if message.role == "user"]
        assert told == [feedback(text, output["info"]["database"]) for text in answers(output)[:-1]]
        assert output["token_usage"]["input_tokens"] == sum(read_tokens(output, smollm2))


def read_tokens(output: dict[str, Any], model: Path) -> Iterator[int]:
    """Tokens of what the model read before each of its answers, as its chat template writes it."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    messages = [{"role": message.role, "content": message.content} for message in output["prompt"]]
    for message in output["completion"]:
        if message.role == "assistant":
            text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            yield len(tokenizer(text, add_special_tokens=False)["input_ids"])
        messages.append({"role": message.role, "content": message.content})


@pytest.mark.slow
def test_the_command_that_users_type(vllm: str, tmp_path: Path) -> None:
    """vf-eval finds the installed environment, asks the server and writes the results."""
    installed = install(tmp_path)
    options = json.dumps({"max_turns": 2, "rewards": EXECUTION})
    command = [
        *(sys.executable, "-m", "verifiers.scripts.eval", "text-to-sql", "-m", "smollm2", "-b", vllm, "-k", "NO_KEY"),
        *("-n", "3", "-r", "1", "-t", "40", "-T", "0", "-a", options, "-s", "-A", "--disable-tui"),
    ]
    env = environment(PYTHONPATH=str(installed), NO_KEY="none")
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    [path] = tmp_path.glob("outputs/**/results.jsonl")
    results = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(results) == 3
    for result in results:
        assert str(installed) in result["info"]["database"], "the demo inside of the package"
        said = [message["content"] for message in result["completion"] if message["role"] == "assistant"]
        [score] = score_batch([(final_answer(said), result["answer"], result["info"]["database"])])
        assert result["reward"] == execution(score)


def install(folder: Path) -> Path:
    """The environment installed from a copy of its sources, without an index; returns the folder to import it from."""
    source, target = folder / "source", folder / "installed"
    for name in ("environments", "text2sql", "spider_data/demo"):
        shutil.copytree(REPO / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", target]
    place = source / "environments" / "text_to_sql"
    done = subprocess.run([*command, place], capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr
    return target


@pytest.mark.slow
def test_a_taskset_for_prime_rl(vllm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newer interface, by verifiers' own command: the same rewards, and feedback between the answers."""
    from verifiers.v1.cli.eval.main import main
    from verifiers.v1.runtimes import Runtime

    async def prepare(runtime: Runtime, script: str | bytes, *_: Any, **__: Any) -> list[str]:
        """Run a harness's script by this Python, which has what it needs, instead of one that uv downloads that for."""
        await runtime.write("program.py", script.encode() if isinstance(script, str) else script)
        return [sys.executable, "program.py"]

    monkeypatch.setattr(Runtime, "prepare_uv_script", prepare)
    monkeypatch.setenv("NO_KEY", "none")
    monkeypatch.chdir(tmp_path)
    command = [
        *("text-to-sql", "-m", "smollm2", "--client.base-url", vllm, "--client.api-key-var", "NO_KEY", "-n", "2"),
        *("--env.taskset.split", "dev", "--env.taskset.task.max-turns", "2", "--env.agent.harness.id", "null"),
        *("--env.agent.runtime.type", "subprocess", "--env.agent.sampling.max-tokens", "40"),
        *("--no-push", "--no-rich", "--no-serve", "--run.dir", "run"),
    ]
    main(command)
    [path] = tmp_path.glob("outputs/run/traces.jsonl")
    episodes = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(episodes) == 2
    for trace in (trace for episode in episodes for trace in episode["traces"]):
        said = [node["message"]["content"] for node in trace["nodes"] if node["message"]["role"] == "assistant"]
        told = [node["message"]["content"] for node in trace["nodes"] if node["message"]["role"] == "user"][1:]
        data = trace["task"]["data"]
        assert told == [feedback(text, data["database"]) for text in said[:-1]] and len(said) == 2
        [score] = score_batch([(final_answer(said), data["gold"], data["database"])])
        paid = {name: reward["score"] for name, reward in trace["rewards"].items()}
        assert paid == {name: resolve(name)(score) for name in RUBRIC}
        assert trace["metrics"]["execution_accuracy"] == score.official
