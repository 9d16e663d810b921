// Passwords of encrypted files, and the encryption key with customerManagedKeys. No secret of the app's own.
param name string
param location string
param tags object
param private bool
param customerManagedKeys bool
param keyIdentityName string
param logsId string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    // Storage and models fetch the encryption key as trusted services.
    networkAcls: { defaultAction: private ? 'Deny' : 'Allow', bypass: 'AzureServices' }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: logsId
    logs: [
      { categoryGroup: 'audit', enabled: true }
    ]
  }
}

module encryption 'encryption.bicep' = if (customerManagedKeys) {
  name: 'encryption'
  params: { identityName: keyIdentityName, vaultName: vault.name, location: location, tags: tags }
}

output id string = vault.id
output name string = vault.name
output url string = vault.properties.vaultUri
output encryption object = customerManagedKeys ? encryption.outputs.encryption : {}
