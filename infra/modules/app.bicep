// The app: its settings, where it runs, and sign-in in front of it.
param token string
param location string
param tags object
param identityName string
param storageName string
param insightsName string
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

// The settings of the app, wherever it runs; no secret is among them.
var settings = {
  AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
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

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

module functions 'app-on-functions.bicep' = {
  name: 'app-on-functions'
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'app' })
    identityName: identityName
    storageName: storageName
    insightsName: insightsName
    settings: settings
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

module signIn 'sign-in.bicep' = if (!empty(clientId)) {
  name: 'sign-in'
  params: { appName: functions.outputs.name, clientId: clientId, intake: intake }
}

output name string = functions.outputs.name
output url string = functions.outputs.url
