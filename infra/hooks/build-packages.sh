#!/usr/bin/env sh
# Before packaging: install the packages that the OCR engine of the environment (INTRAY_OCR_ENGINE) needs beside the app,
# for the Linux and the Python that Azure runs, whatever this machine is. By their hashes, and ready-made only. Needs uv
# (`make setup` fetches it).
set -eu
cd "$(dirname "$0")/../.."
engine=${INTRAY_OCR_ENGINE:-rapidocr}
case $engine in
  rapidocr) list=requirements.txt ;;
  document_intelligence | none) list=requirements-no-ocr.txt ;;
  *)
    echo "INTRAY_OCR_ENGINE is '$engine': use rapidocr, document_intelligence or none (azd env set INTRAY_OCR_ENGINE none)." >&2
    exit 2
    ;;
esac
uv=$(command -v uv || echo .tools/uv/bin/uv)
rm -rf .python_packages
"$uv" pip install --quiet --python-version 3.13 --python-platform x86_64-manylinux_2_28 --only-binary :all: \
  --require-hashes --link-mode copy --target .python_packages/lib/site-packages -r "$list"
echo "packages of $list for INTRAY_OCR_ENGINE=$engine: $(du -sm .python_packages | cut -f 1) MB unpacked"
