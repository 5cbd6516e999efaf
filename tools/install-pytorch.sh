#!/bin/sh
# Installs PyTorch into .venv, for developers' checks and comparisons (tools/README.md). The program needs no Python.
#
#     sh tools/install-pytorch.sh              # PYTHON=python3.12 chooses another Python
#     sh tools/install-pytorch.sh parity       # with all packages that npm run parity compares with
#
# pip uses its own settings for the index. If PIP_INDEX_URL names PyTorch's index of builds without CUDA, the download
# is 200 MB instead of several GB.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo "install-pytorch: '$python' is not a Python of at least 3.10 with venv" >&2
  echo "  install Python 3.10 or newer with venv, or name another Python with PYTHON=PATH" >&2
  exit 1
fi
case ${1:-torch} in
  torch | parity) requirements=tools/${1:-torch}/requirements.txt ;;
  *)
    echo "install-pytorch: '$1' is not known, expected 'parity' or no argument" >&2
    exit 2
    ;;
esac
"$python" -m venv .venv
.venv/bin/pip install --disable-pip-version-check --quiet -r "$requirements"
.venv/bin/python -c 'import torch; print("PyTorch", torch.__version__, "is in .venv")'
command -v c++ >/dev/null || echo "no C++ compiler, which torch.compile needs: measure with --peers pytorch" >&2
