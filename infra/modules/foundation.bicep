// What everything else rests on: who the app is, where telemetry goes, and the vault.
param token string
param location string
param tags object
param private bool
param customerManagedKeys bool

module identity 'identity.bicep' = {
  name: 'identity'
  params: { name: 'id-${token}', location: location, tags: tags }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: { logsName: 'log-${token}', insightsName: 'appi-${token}', location: location, tags: tags }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    private: private
    customerManagedKeys: customerManagedKeys
    keyIdentityName: 'id-key-${token}'
    logsId: monitoring.outputs.logsId
  }
}

output identityName string = identity.outputs.name
output principalId string = identity.outputs.principalId
output logsId string = monitoring.outputs.logsId
output insightsName string = monitoring.outputs.insightsName
output vaultId string = vault.outputs.id
output vaultUrl string = vault.outputs.url
output encryption object = vault.outputs.encryption
