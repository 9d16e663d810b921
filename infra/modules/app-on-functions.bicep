// The function app on Flex Consumption. How many messages an instance takes at once is in host.json.
param name string
param planName string
param location string
param tags object
param identityName string
param storageName string
param insightsName string
param settings object
param intake string
param deploymentContainer string
param instanceMemory int
param maximumInstances int
param alwaysReady array

@description('Requests that one instance answers at once.')
param httpConcurrency int = 16

@description('Subnet that the app sends from; empty: the public network.')
param subnetId string
param private bool
param allowedAddresses array

// Event Grid cannot deliver webhooks through private endpoints: it has to reach the app.
var eventGridRule = {
  name: 'event-grid'
  tag: 'ServiceTag'
  ipAddress: 'AzureEventGrid'
  action: 'Allow'
  priority: 100
}
// Nothing wakes the blob trigger while the app is scaled to zero. Queues do.
var readyForUploads = intake == 'webhook' ? [{ name: 'blob', instanceCount: 1 }] : []
var eventGridRules = intake == 'webhook' ? [eventGridRule] : []
var addressRules = [for (address, index) in allowedAddresses: {
  name: 'allowed-${index}'
  ipAddress: contains(address, '/') ? address : '${address}/32'
  action: 'Allow'
  priority: 200 + index
}]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      // The deployment endpoint stays reachable, with Entra tokens only: private apps deploy without a jump machine.
      scmIpSecurityRestrictionsUseMain: false
      ipSecurityRestrictionsDefaultAction: private ? 'Deny' : 'Allow'
      ipSecurityRestrictions: private ? concat(eventGridRules, addressRules) : []
    }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.13' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        alwaysReady: concat(readyForUploads, alwaysReady)
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }
}

// All of them: a deployment replaces the whole set.
resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, {
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    // Sign-in proves who the app is with its identity in place of a client secret.
    OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.properties.clientId
  })
}

resource noPasswordForDeployment 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource noPasswordForFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
