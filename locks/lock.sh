#!/usr/bin/env bash
# Writes the locks from pyproject.toml and the *.overrides.txt beside this file; pins that still fit are kept.
# `locks/lock.sh --upgrade` moves everything to the newest that fits, `--upgrade-package NAME` one package. Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # compile KIND PYTHON INSTALL-LINES...: resolve locks/KIND-pyXY.txt, then put the header on it
    local kind=$1 python=$2 install=$3
    local lock="locks/$kind-py${python/./}.txt" overrides="locks/$kind.overrides.txt" pins left_out
    pins=$(mktemp)
    trap 'rm -f "$pins"' RETURN
    [ -f "$lock" ] && cp "$lock" "$pins"
    uv pip compile --quiet --no-config --no-header --no-annotate --only-binary :all: \
        --python-version "$python" --python-platform x86_64-manylinux_2_31 \
        --extra "$kind" --extra dev --override "$overrides" "${options[@]}" pyproject.toml --output-file "$pins"
    left_out=$(sed -n "s/^\([a-z0-9-]*\) ; python_version < '0'$/\1/p" "$overrides" | sort | paste -s -d' ')
    {
        echo "# SQL RLVR, $kind, Python $python, Linux with glibc 2.31 or newer. Written by locks/lock.sh. To install:"
        printf '%b\n' "$install"
        echo "# --no-deps makes requirements harmless that can't be met: unsloth 2026.10.9 wants certifi>=2026.10.19, newer than"
        echo "# the newest that indexes have served (and in the CPU lock, vLLM wants torch==2.13.0+cpu by its local name, with a"
        echo "# torchvision, torchaudio and torchcodec that do not match it). The list is complete, so nothing is lost by it."
        echo "# Left out although some package declares it, because nothing here imports it ($overrides says why):"
        fold -s -w 116 <<<"$left_out" | sed 's/ *$//; s/^/#   /'
        cat "$pins"
    } >"$lock"
    echo "$lock: $(grep -c == "$pins") packages"
}

options=("$@")
for python in 3.11 3.12; do
    lock="locks/cpu-py${python/./}.txt"
    compile cpu "$python" "#   pip install -c $lock torch==2.13.0   # with its own needs: a CPU build where one is offered, else CUDA
#   pip install --no-deps -r $lock"
done
compile gpu 3.12 "#   pip install --no-deps -r locks/gpu-py312.txt"

# verifiers and what it needs beside the CPU locks, which hold the rest and fix its versions; the same for both Pythons.
pins=$(mktemp)
trap 'rm -f "$pins"' EXIT
[ -f locks/verifiers.txt ] && cp locks/verifiers.txt "$pins"
sed -nE 's/^verifiers = \["([^"]*)"\].*/\1/p' pyproject.toml |
    uv pip compile --quiet --no-config --no-header --no-annotate --only-binary :all: \
        --python-version 3.11 --python-platform x86_64-manylinux_2_31 --constraint locks/cpu-py311.txt \
        --override locks/verifiers.overrides.txt "${options[@]}" - --output-file "$pins"
{
    echo "# What verifiers needs beside a CPU lock, Python 3.11 and 3.12. Written by locks/lock.sh. To install, after the CPU lock:"
    echo "#   pip install --no-deps -r locks/verifiers.txt"
    echo "# Left out although verifiers declares it (locks/verifiers.overrides.txt says why):"
    sed -n "s/^\([a-z0-9-]*\) ; python_version < '0'$/\1/p" locks/verifiers.overrides.txt | sort | paste -s -d' ' | sed 's/^/#   /'
    grep -vxFf locks/cpu-py311.txt "$pins"
} >locks/verifiers.txt
echo "locks/verifiers.txt: $(grep -c == locks/verifiers.txt) packages"
