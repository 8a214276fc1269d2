#!/usr/bin/env bash
# Every design on the same small budget: SmolLM2-135M on the demo data, one SFT adapter a format, the same LoRA, learning
# rate, questions, completions and steps. What differs are answer format, rewards, KL penalty and sampling.
# Goes on where it stopped. PYTHON and RUN (a command to put before each of the commands) may be set.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
out=outputs/recipes
same=(--outputs "$out" --data.root spider_data/demo --model.name SmolLM2-135M-Instruct --prompt.sample-values 0
      --model.max-length 768 --model.lora-rank 16 --model.lora-alpha 32 --model.lora-dropout 0
      --model.lora-targets q_proj k_proj v_proj o_proj gate_proj up_proj down_proj)
sft=(--sft.steps 24 --sft.questions-per-step 8 --sft.questions-per-pass 4 --sft.learning-rate 1e-3 --sft.save-every 12)
grpo=(--grpo.steps 3 --grpo.questions-per-step 4 --grpo.completions-per-question 4 --grpo.completions-per-pass 8
      --grpo.learning-rate 5e-5 --grpo.schedule constant --grpo.warmup 0 --grpo.max-grad-norm 1
      --grpo.max-completion-tokens 96 --grpo.save-every 3)
evaluation=(--eval.limit 60 --eval.max-completion-tokens 96)

trained() {  # trained STAGE RUN: whether the stage is finished
    [ -f "$out/$2/$1/stage.json" ]
}

for format in sql think solution; do
    values=(demo --run "sft-$format" "${same[@]}" --prompt.format "$format")
    trained sft "sft-$format" || ${RUN:-} "$python" train_sft.py "${values[@]}" "${sft[@]}"
    ${RUN:-} "$python" evaluate.py "${values[@]}" "${sft[@]}" --eval.stage sft "${evaluation[@]}"
done
for line in "spider sql" "sql-r1 sql --model.no-load-in-4bit" "rubric sql --model.no-load-in-4bit" \
    "sql-r1-paper think" "arctic think" "gemma solution" "multi-turn sql"; do
    read -r recipe format whole <<<"$line"
    adapter="$out/sft-$format/sft"
    values=("$recipe" "${same[@]}" $whole --model.no-gradient-checkpointing "${grpo[@]}" --grpo.adapter "$adapter")
    trained grpo "$recipe" || ${RUN:-} "$python" train_grpo.py "${values[@]}"
    ${RUN:-} "$python" evaluate.py "${values[@]}" --eval.stage grpo "${evaluation[@]}"
done

asked() {  # asked RUN STAGE TURNS: the run's adapter evaluated with so many answers to a question, as a run of its own
    run="$1-asked-$3"
    trained "$2" "$1" || return 0  # as in a dry run
    mkdir -p "$out/$run"
    cp -r "$out/$1/$2" "$out/$1/config.json" "$out/$run"
    ${RUN:-} "$python" evaluate.py --run "$run" --outputs "$out" --eval.stage "$2" --prompt.turns "$3" "${evaluation[@]}"
}
asked sft-sql sft 3
asked spider grpo 3
asked multi-turn grpo 1
