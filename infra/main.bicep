// Intray on Azure, top to bottom. events.bicep connects uploads once the code is deployed.
targetScope = 'subscription'

@description('Name of the environment: intray-prod.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region, such as swedencentral.')
param location string

@description('Where the app runs: Flex Consumption, Container Apps, or your cluster.')
@allowed(['functions', 'containerApps', 'aks'])
param host string = 'functions'

@description('How uploads are announced: webhook (blob trigger, host functions only) or queue.')
@allowed(['webhook', 'queue'])
param intake string = 'webhook'

@description('Keep storage, models, vault and topic off the public network.')
param private bool = false

@description('With private: addresses (CIDR) that may upload and call the API.')
param allowedAddresses array = []

@description('Encrypt storage and models with your own key in the vault.')
param customerManagedKeys bool = false

@description('Open uploads after the verdict of Defender for Storage only.')
param malwareScan bool = false

@description('Hierarchical namespace (renames, SFTP), for good.')
param hierarchicalNamespace bool = false

@description('Model deployments, by the names of shared/models.yaml; keys in docs/deploy.md.')
param modelDeployments array = [
  { name: 'gpt-5.4-mini', model: 'gpt-5.4-mini', sku: 'GlobalStandard', capacity: 200 }
  { name: 'gpt-5.4', model: 'gpt-5.4', sku: 'GlobalStandard', capacity: 100 }
]

@description('What reads pages without text: an engine in the app, or a service.')
@allowed(['rapidocr', 'document_intelligence', 'none'])
param ocrEngine string = 'rapidocr'

@description('Memory of an instance in MB. The built-in OCR engine needs 4096.')
@allowed([2048, 4096])
param instanceMemory int = 4096

@description('Most instances that the app scales to.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 100

@description('Further instances that never stop, by scale group: http or function:NAME.')
param alwaysReady array = []

@description('Days after which everything about a document is deleted; 0: never.')
@minValue(0)
@maxValue(36500)
param retentionDays int = 0

@description('Redundancy of the storage account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Client id of the app registration; empty: no sign-in.')
param clientId string = ''

@description('Ask API requests for a function key; host functions only.')
param allowKeys bool = false

@description('Address of the source code (AGPL).')
param sourceUrl string = ''

@description('Containers of uploads, each with its rules; keys in docs/uploads.md.')
param containers array = [{ name: 'incoming' }]

@description('Object ids of those who may drop files into each.')
param uploaders array = []

@description('Queues of systems that listen; keys in docs/deploy.md.')
param subscribers array = []

@description('Who is alerted by mail.')
param alertEmails array = []

@description('Monthly budget in the currency of the subscription. It only alerts.')
param monthlyBudget int = 500

@description('First month of the budget; fixed once deployed.')
param budgetStart string = utcNow('yyyy-MM-01')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
// Elsewhere no template can read the key of the webhook.
var noWebhook = 'Set intake to queue: host ${host} has no webhook for uploads.'
var chosenIntake = host == 'functions' || intake == 'queue' ? intake : fail(noWebhook)
var noKeys = 'Set allowKeys to false, and clientId: host ${host} keeps no function keys.'
var chosenKeys = host == 'functions' || !allowKeys ? allowKeys : fail(noKeys)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module foundation 'modules/foundation.bicep' = {
  name: 'foundation'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    private: private
    customerManagedKeys: customerManagedKeys
  }
}

module data 'modules/data.bicep' = {
  name: 'data'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    sku: storageSku
    private: private
    allowedAddresses: allowedAddresses
    hierarchicalNamespace: hierarchicalNamespace
    malwareScan: malwareScan
    intake: chosenIntake
    containers: containers
    uploaders: uploaders
    subscribers: subscribers
    encryption: foundation.outputs.encryption
    logsId: foundation.outputs.logsId
  }
}

module intelligence 'modules/intelligence.bicep' = {
  name: 'intelligence'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    private: private
    deployments: modelDeployments
    ocrEngine: ocrEngine
    principalId: foundation.outputs.principalId
    encryption: foundation.outputs.encryption
    logsId: foundation.outputs.logsId
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    private: private
    principalId: foundation.outputs.principalId
    storageId: data.outputs.storageId
    topicId: data.outputs.topicId
    modelsId: intelligence.outputs.modelsId
    recognitionId: intelligence.outputs.recognitionId
    vaultId: foundation.outputs.vaultId
    insightsName: foundation.outputs.insightsName
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    host: host
    token: token
    location: location
    tags: tags
    identityName: foundation.outputs.identityName
    storageName: data.outputs.storageName
    deploymentContainer: data.outputs.deploymentContainer
    insightsName: foundation.outputs.insightsName
    logsId: foundation.outputs.logsId
    modelEndpoint: intelligence.outputs.modelEndpoint
    topicEndpoint: data.outputs.topicEndpoint
    vaultUrl: foundation.outputs.vaultUrl
    ocrEngine: ocrEngine
    ocrEndpoint: intelligence.outputs.ocrEndpoint
    intake: chosenIntake
    malwareScan: malwareScan
    containers: containers
    retentionDays: retentionDays
    allowKeys: chosenKeys
    sourceUrl: sourceUrl
    clientId: clientId
    subnetId: access.outputs.appSubnetId
    private: private
    allowedAddresses: allowedAddresses
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
  }
}

module operations 'modules/operations.bicep' = {
  name: 'operations'
  scope: group
  params: {
    location: location
    tags: tags
    logsId: foundation.outputs.logsId
    topicIds: [data.outputs.systemTopicId, data.outputs.topicId]
    alertEmails: alertEmails
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_REGISTRY_NAME string = app.outputs.registryName
output AZURE_STORAGE_ACCOUNT_NAME string = data.outputs.storageName
output AZURE_SYSTEM_TOPIC_NAME string = data.outputs.systemTopicName
output AZURE_IDENTITY_NAME string = foundation.outputs.identityName
output AZURE_IDENTITY_PRINCIPAL_ID string = foundation.outputs.principalId
output INTRAY_HOST string = host
output INTRAY_ON_FUNCTIONS bool = host == 'functions'
output INTRAY_CONTAINER string = string(app.outputs.container)
output INTRAY_URL string = app.outputs.url
output INTRAY_INTAKE string = chosenIntake
output INTRAY_CLIENT_ID string = clientId
output INTRAY_RENAMES bool = hierarchicalNamespace
output INTRAY_CONTAINER_NAMES string = data.outputs.uploadContainers
