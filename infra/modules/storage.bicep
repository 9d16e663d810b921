// The storage account: identities only, TLS 1.2, nothing public, soft delete.
param name string
param location string
param tags object
param sku string
param private bool
param allowedAddresses array
param hierarchicalNamespace bool
param malwareScan bool
param intake string
param containers array
param uploaders array
param logsId string

@description('Output of encryption.bicep; empty: keys of the platform.')
param encryption object

@description('Days during which a deleted blob can be restored. Erasing a document is final after them.')
param softDeleteDays int = 7

var ownKey = !empty(encryption)
var ownKeySettings = {
  keySource: 'Microsoft.Keyvault'
  keyvaultproperties: { keyname: ownKey ? encryption.name : '', keyvaulturi: ownKey ? encryption.vaultUri : '' }
  identity: { userAssignedIdentity: ownKey ? encryption.identityId : '' }
}
// A key type is fixed when the account is made: with `Account` queues and tables can move to a key of your own later.
var services = {
  requireInfrastructureEncryption: true
  services: {
    blob: { enabled: true, keyType: 'Account' }
    file: { enabled: true, keyType: 'Account' }
    queue: { enabled: true, keyType: 'Account' }
    table: { enabled: true, keyType: 'Account' }
  }
}
var keyIdentity = ownKey ? encryption.identityId : 'none'
var identity = { type: 'UserAssigned', userAssignedIdentities: { '${keyIdentity}': {} } }
var addressRules = [for address in allowedAddresses: { value: address, action: 'Allow' }]

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  identity: ownKey ? identity : null
  properties: {
    accessTier: 'Hot'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: hierarchicalNamespace
    publicNetworkAccess: private && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: private ? 'Deny' : 'Allow'
      // Event Grid delivers to queues and dead letters as a trusted service, by its system-assigned identity.
      bypass: 'AzureServices'
      ipRules: private ? addressRules : []
    }
    encryption: ownKey ? union(services, ownKeySettings) : union(services, { keySource: 'Microsoft.Storage' })
  }
}

// No versioning: an old version would outlive the document that was erased.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: storage
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' = {
  parent: storage
  name: 'default'
}

// Who read, wrote or deleted a blob. Queues and tables are left out: the app polls them several times a second.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: blobs
  properties: {
    workspaceId: logsId
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

module content 'containers.bicep' = {
  name: 'containers'
  params: { storageName: storage.name, intake: intake, uploads: containers, uploaders: uploaders }
}

module scanning 'scanning.bicep' = if (malwareScan) {
  name: 'scanning'
  params: { storageName: storage.name }
}

output id string = storage.id
output name string = storage.name
output deploymentContainer string = content.outputs.deploymentContainer
output deadLetterContainer string = content.outputs.deadLetterContainer
output uploadContainers string = content.outputs.uploadContainers
