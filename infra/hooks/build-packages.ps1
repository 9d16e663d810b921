# Before packaging on Windows: the same as build-packages.sh.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')
if (Test-Path .python_packages) { Remove-Item -Recurse -Force .python_packages }
uv pip install --quiet --python-version 3.13 --python-platform x86_64-manylinux_2_28 --only-binary :all: `
  --require-hashes --link-mode copy --target .python_packages/lib/site-packages -r requirements.txt
exit $LASTEXITCODE
