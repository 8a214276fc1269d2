#!/usr/bin/env bash
# Every design on the same small budget: SmolLM2-135M on the demo data, one SFT adapter a format, the same LoRA, learning
# rate, questions, completions and steps. What differs are answer format, rewards, KL penalty and sampling.
# Goes on where it stopped. PYTHON and RUN (a command to put before each of the commands) may be set.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
out=outputs/recipes
same=(--outputs "$out" --data.root spider_data/demo --model.name SmolLM2-135M-Instruct --prompt.sample-values 0
      --model.max-length 640 --model.lora-rank 16 --model.lora-alpha 32 --model.lora-dropout 0
      --model.lora-targets q_proj k_proj v_proj o_proj gate_proj up_proj down_proj)
sft=(--sft.steps 40 --sft.questions-per-step 8 --sft.questions-per-pass 4 --sft.learning-rate 1e-3 --sft.save-every 20)
grpo=(--grpo.steps 4 --grpo.questions-per-step 4 --grpo.completions-per-question 4 --grpo.completions-per-pass 8
      --grpo.learning-rate 5e-5 --grpo.schedule constant --grpo.warmup 0 --grpo.max-grad-norm 1
      --grpo.max-completion-tokens 96 --grpo.save-every 2)
evaluation=(--eval.limit 100 --eval.max-completion-tokens 96)

trained() {  # trained STAGE RUN: whether the stage is finished
    [ -f "$out/$2/$1/stage.json" ]
}

for format in sql think solution; do
    run="sft-$format"
    trained sft "$run" || ${RUN:-} "$python" train_sft.py demo --run "$run" "${same[@]}" "${sft[@]}" --prompt.format $format
    ${RUN:-} "$python" evaluate.py demo --run "$run" --outputs "$out" --eval.stage sft "${evaluation[@]}"
done
while read -r recipe format whole; do
    trained grpo "$recipe" || ${RUN:-} "$python" train_grpo.py "$recipe" "${same[@]}" $whole \
        --model.no-gradient-checkpointing "${grpo[@]}" --grpo.adapter "$out/sft-$format/sft"
    ${RUN:-} "$python" evaluate.py "$recipe" --outputs "$out" --eval.stage grpo "${evaluation[@]}"
done <<'RECIPES'
spider sql
sql-r1 sql --model.no-load-in-4bit
rubric sql --model.no-load-in-4bit
sql-r1-paper think
arctic think
gemma solution
RECIPES
