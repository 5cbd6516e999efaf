#!/bin/sh
# Installs PyTorch into .venv, for the checks and comparisons of developers (tools/README.md). The program itself needs no Python.
#
#     sh tools/install-pytorch.sh              # PYTHON=python3.12 chooses another Python
#     sh tools/install-pytorch.sh parity       # with everything that npm run parity compares with
#
# pip takes its index from its own settings: with PIP_INDEX_URL naming PyTorch's index of builds without CUDA it is 200 MB in place of several GB.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo "install-pytorch: '$python' is no Python of at least 3.10 with venv: install one, or name another with PYTHON=…" >&2
  exit 1
fi
case ${1:-torch} in
  torch | parity) wanted=tools/${1:-torch}/requirements.txt ;;
  *) echo "install-pytorch: '$1': wanted parity, or nothing" >&2; exit 2 ;;
esac
"$python" -m venv .venv
.venv/bin/pip install --disable-pip-version-check --quiet -r "$wanted"
.venv/bin/python -c 'import torch; print("PyTorch", torch.__version__, "is in .venv")'
command -v c++ >/dev/null || echo "torch.compile needs a C++ compiler as well, and there is none: measure with --peers pytorch" >&2
