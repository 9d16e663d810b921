# After `azd deploy` on Windows: the same as connect-uploads.sh.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
foreach ($attempt in 1..10) {
  az deployment group create --only-show-errors --output none --name connect-uploads `
    --resource-group $env:AZURE_RESOURCE_GROUP --template-file events.bicep --parameters `
    appName=$env:AZURE_FUNCTION_APP_NAME storageName=$env:AZURE_STORAGE_ACCOUNT_NAME `
    systemTopicName=$env:AZURE_SYSTEM_TOPIC_NAME intake=$env:INTRAY_INTAKE renames=$env:INTRAY_RENAMES `
    containers=$env:INTRAY_CONTAINER_NAMES
  if ($LASTEXITCODE -eq 0) { exit 0 }
  Start-Sleep -Seconds 30
}
Write-Error "Uploads are not connected. See 'Uploads are not processed' in docs/deploy.md."
exit 1
