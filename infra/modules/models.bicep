// Azure OpenAI: one account without keys, a content filter, and a deployment for each entry of the catalogue.
param name string
param location string
param tags object
param private bool
param logsId string

@description('Entries: name, model, sku, capacity; optional: version, upgrade, spillover (name of a deployment).')
param deployments array

@description('Output of encryption.bicep; empty: keys of the platform.')
param encryption object

var ownKey = !empty(encryption)
var encryptionIdentity = ownKey ? encryption.identityId : 'none'
var identity = { type: 'UserAssigned', userAssignedIdentities: { '${encryptionIdentity}': {} } }
var keySettings = {
  keySource: 'Microsoft.KeyVault'
  keyVaultProperties: {
    identityClientId: ownKey ? encryption.clientId : ''
    keyVaultUri: ownKey ? encryption.vaultUri : ''
    keyName: ownKey ? encryption.name : ''
    keyVersion: ownKey ? encryption.version : ''
  }
}
var harms = ['Hate', 'Sexual', 'Selfharm', 'Violence']
var promptFilters = [for harm in harms: {
  name: harm
  source: 'Prompt'
  severityThreshold: 'Medium'
  blocking: true
  enabled: true
}]
var answerFilters = [for harm in harms: {
  name: harm
  source: 'Completion'
  severityThreshold: 'Medium'
  blocking: true
  enabled: true
}]
// A document may hold instructions to the model. The app marks document text as such, so that this filter sees it.
var attackFilters = [
  { name: 'Jailbreak', source: 'Prompt', blocking: true, enabled: true }
  { name: 'Indirect Attack', source: 'Prompt', blocking: true, enabled: true }
]

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  identity: ownKey ? identity : null
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: private ? 'Deny' : 'Allow' }
    encryption: ownKey ? keySettings : null
  }
}

resource contentFilter 'Microsoft.CognitiveServices/accounts/raiPolicies@2025-06-01' = {
  parent: account
  name: 'intray'
  properties: {
    basePolicyName: 'Microsoft.DefaultV2'
    mode: 'Blocking'
    contentFilters: concat(promptFilters, answerFilters, attackFilters)
  }
}

// One after another: the service refuses two changes of an account at once.
@batchSize(1)
resource modelDeployments 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = [for entry in deployments: {
  parent: account
  name: entry.name
  sku: { name: entry.sku, capacity: entry.capacity }
  properties: {
    model: {
      format: 'OpenAI'
      name: entry.model
      version: contains(entry, 'version') ? entry.version : null
    }
    // An evaluation counts for one version of a model: it changes when somebody changes the parameter.
    versionUpgradeOption: contains(entry, 'upgrade') ? entry.upgrade : 'NoAutoUpgrade'
    raiPolicyName: contentFilter.name
    spilloverDeploymentName: contains(entry, 'spillover') ? entry.spillover : null
  }
}]

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: account
  properties: {
    workspaceId: logsId
    logs: [
      { category: 'Audit', enabled: true }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

output id string = account.id
output name string = account.name
output endpoint string = 'https://${account.name}.openai.azure.com/openai/v1/'
