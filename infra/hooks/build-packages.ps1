# Before packaging on Windows: the same as build-packages.sh.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')
$engine = if ($env:INTRAY_OCR_ENGINE) { $env:INTRAY_OCR_ENGINE } else { 'rapidocr' }
switch ($engine) {
  'rapidocr' { $list = 'requirements.txt' }
  { $_ -in 'document_intelligence', 'none' } { $list = 'requirements-no-ocr.txt' }
  default { throw "INTRAY_OCR_ENGINE is '$engine': use rapidocr, document_intelligence or none." }
}
if (Test-Path .python_packages) { Remove-Item -Recurse -Force .python_packages }
uv pip install --quiet --python-version 3.13 --python-platform x86_64-manylinux_2_28 --only-binary :all: `
  --require-hashes --link-mode copy --target .python_packages/lib/site-packages -r $list
exit $LASTEXITCODE
