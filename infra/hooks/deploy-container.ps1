# After `azd provision` on Windows: the same as deploy-container.sh.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location (Join-Path $PSScriptRoot '../..')
$target = if ($env:INTRAY_HOST) { $env:INTRAY_HOST } else { 'functions' }
if ($target -eq 'functions') { exit 0 }
if ($target -notin 'containerApps', 'aks') { throw "INTRAY_HOST is '$target': use functions, containerApps or aks." }
$tag = (Get-Date).ToUniversalTime().ToString('yyyyMMddHHmmss')
az acr build --only-show-errors --output none --registry $env:AZURE_REGISTRY_NAME --image "intray:$tag" .
$container = $env:INTRAY_CONTAINER | ConvertFrom-Json

if ($target -eq 'aks') {
  $insights = az resource show --resource-group $env:AZURE_RESOURCE_GROUP --name $container.insightsName `
    --resource-type Microsoft.Insights/components --query properties.ConnectionString --output tsv
  $lines = @($container.settings.PSObject.Properties | ForEach-Object { "$($_.Name)=$($_.Value)" })
  $lines += "APPLICATIONINSIGHTS_CONNECTION_STRING=$insights"
  Set-Content infra/aks/settings.env $lines
  $kustomization = (Get-Content infra/aks/kustomization.yaml) `
    -replace 'newName: .*', "newName: $($container.registryServer)/intray" -replace 'newTag: .*', "newTag: `"$tag`""
  Set-Content infra/aks/kustomization.yaml $kustomization
  & infra/hooks/connect-uploads.ps1
  Write-Output 'infra/aks is yours: kubectl apply --kustomize infra/aks'
  exit 0
}

$parameters = New-TemporaryFile
function Deploy([bool] $trust) {
  $values = @{
    container   = @{ value = $container }
    image       = @{ value = "intray:$tag" }
    trustSignIn = @{ value = $trust }
  }
  @{
    '$schema'      = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'
    contentVersion = '1.0.0.0'
    parameters     = $values
  } | ConvertTo-Json -Depth 20 | Set-Content $parameters
  az deployment group create --only-show-errors --output none --name container-app `
    --resource-group $env:AZURE_RESOURCE_GROUP --template-file infra/container-app.bicep --parameters "@$parameters"
}

function Test-SignIn {
  $PSNativeCommandUseErrorActionPreference = $false
  az resource show --only-show-errors --output none --resource-group $env:AZURE_RESOURCE_GROUP --name current `
    --namespace Microsoft.App --parent "containerApps/$($container.name)" --resource-type authConfigs 2>$null
  return $LASTEXITCODE -eq 0
}

# What the platform says about callers is believed only where sign-in stood in front of the app before.
if (-not $container.clientId) { Deploy $false }
else {
  if (-not (Test-SignIn)) { Deploy $false }
  Deploy $true
}
& infra/hooks/connect-uploads.ps1
