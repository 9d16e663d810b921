#!/usr/bin/env sh
# Before packaging: install the packages of requirements.txt beside the app, for the Linux and the Python that Azure
# runs, whatever this machine is. By their hashes, and ready-made only. Needs uv (`make setup` fetches it).
set -eu
cd "$(dirname "$0")/../.."
uv=$(command -v uv || echo .tools/uv/bin/uv)
rm -rf .python_packages
"$uv" pip install --quiet --python-version 3.13 --python-platform x86_64-manylinux_2_28 --only-binary :all: \
  --require-hashes --link-mode copy --target .python_packages/lib/site-packages -r requirements.txt
