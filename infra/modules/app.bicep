// The app: its settings, where it runs, and sign-in in front of it.
param host string
param token string
param location string
param tags object
param identityName string
param storageName string
param insightsName string
param logsId string
param modelEndpoint string
param topicEndpoint string
param vaultUrl string
param ocrEngine string
param ocrEndpoint string
param intake string
param malwareScan bool
param containers array
param retentionDays int
param allowKeys bool
param sourceUrl string
param clientId string
param deploymentContainer string
param subnetId string
param private bool
param allowedAddresses array
param instanceMemory int
param maximumInstances int
param alwaysReady array

var onFunctions = host == 'functions'
var onContainerApps = host == 'containerApps'
var containerName = 'ca-${token}'
// Without addresses of its own a private app answers inside its environment only.
var isReachable = !private || !empty(allowedAddresses)

// The settings of the app, wherever it runs; no secret is among them.
var settings = {
  AzureWebJobsStorage__clientId: identity.properties.clientId
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  // The app exports its own telemetry, and the host forwards none of it: each line and span once.
  PYTHON_ENABLE_OPENTELEMETRY: 'true'
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
  INTRAY_MODEL_ENDPOINT: modelEndpoint
  INTRAY_TOPIC_ENDPOINT: topicEndpoint
  INTRAY_KEY_VAULT_URL: vaultUrl
  INTRAY_OCR_ENGINE: ocrEngine
  INTRAY_OCR_ENDPOINT: ocrEndpoint
  INTRAY_INTAKE: intake
  INTRAY_MALWARE_SCAN: malwareScan ? 'true' : 'false'
  INTRAY_CONTAINERS: string(containers)
  INTRAY_RETENTION_DAYS: string(retentionDays)
  INTRAY_ALLOW_KEYS: string(allowKeys)
  INTRAY_SOURCE_URL: sourceUrl
}
var platformSettings = {
  AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
}
// Pods have a federated identity, KEDA needs the name of the account, and nobody signs callers in before them.
var authority = '${environment().authentication.loginEndpoint}${tenant().tenantId}'
var podSettings = {
  AzureWebJobsStorage__accountName: storage.name
  AzureWebJobsStorage__credential: 'workloadidentity'
  INTRAY_TOKEN_ISSUER: empty(clientId) ? '' : '${authority}/v2.0'
  INTRAY_TOKEN_AUDIENCE: clientId
  INTRAY_TOKEN_KEYS_URL: empty(clientId) ? '' : '${authority}/discovery/v2.0/keys'
}
var hostSettings = union(settings, host == 'aks' ? podSettings : platformSettings)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

module functions 'app-on-functions.bicep' = if (onFunctions) {
  name: 'app-on-functions'
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'app' })
    identityName: identityName
    storageName: storageName
    insightsName: insightsName
    settings: hostSettings
    deploymentContainer: deploymentContainer
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    subnetId: subnetId
    intake: intake
    private: private
    allowedAddresses: allowedAddresses
  }
}

module signIn 'sign-in.bicep' = if (onFunctions && !empty(clientId)) {
  name: 'sign-in'
  params: { appName: functions.outputs.name, clientId: clientId, intake: intake }
}

module registry 'registry.bicep' = if (!onFunctions) {
  name: 'registry'
  params: {
    name: 'cr${token}'
    location: location
    tags: tags
    principalId: onContainerApps ? identity.properties.principalId : ''
    logsId: logsId
  }
}

module containerEnvironment 'container-environment.bicep' = if (onContainerApps) {
  name: 'container-environment'
  params: { name: 'cae-${token}', location: location, tags: tags, subnetId: subnetId, logsId: logsId }
}

var domain = onContainerApps ? containerEnvironment.outputs.domain : ''
var containerUrl = onContainerApps ? 'https://${containerName}.${isReachable ? '' : 'internal.'}${domain}' : ''

var containerOptions = {
  name: containerName
  environmentId: onContainerApps ? containerEnvironment.outputs.id : ''
  location: location
  tags: tags
  identityName: identityName
  insightsName: insightsName
  registryServer: registry.outputs.server
  isReachable: isReachable
  allowedAddresses: private ? allowedAddresses : []
  memory: instanceMemory
  maximumInstances: maximumInstances
  clientId: clientId
  settings: hostSettings
}

output name string = onFunctions ? functions.outputs.name : ''
output url string = onFunctions ? functions.outputs.url : containerUrl
output registryName string = onFunctions ? '' : registry.outputs.name

@description('What container-app.bicep, and for pods deploy-container.sh, need to know.')
output container object = onFunctions ? {} : containerOptions
