// With a host other than functions: where the image of the app lies. Identities only; the app may pull and not push.
param name string
param location string
param tags object
param logsId string

@description('Who pulls the image; empty: the cluster, which is given the role with az aks update.')
param principalId string

var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

// Images hold the code and no data: the registry stays reachable, since builds and clusters come from anywhere.
resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { adminUserEnabled: false, anonymousPullEnabled: false }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(principalId)) {
  name: guid(registry.id, principalId, acrPull)
  scope: registry
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
  }
}

// Who pushed and pulled which image.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: registry
  properties: {
    workspaceId: logsId
    logs: [
      { categoryGroup: 'audit', enabled: true }
    ]
  }
}

output name string = registry.name
output server string = registry.properties.loginServer
