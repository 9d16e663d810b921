// What the app may do, and with private the network by which it reaches the rest.
param token string
param location string
param tags object
param private bool
param principalId string
param storageId string
param topicId string
param modelsId string
param recognitionId string
param vaultId string
param insightsName string

module roles 'roles.bicep' = {
  name: 'roles'
  params: {
    principalId: principalId
    storageName: last(split(storageId, '/'))
    topicName: last(split(topicId, '/'))
    modelsName: last(split(modelsId, '/'))
    vaultName: last(split(vaultId, '/'))
    insightsName: insightsName
  }
}

module network 'network.bicep' = if (private) {
  name: 'network'
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    storageId: storageId
    modelsId: modelsId
    vaultId: vaultId
    topicId: topicId
    recognitionId: recognitionId
  }
}

output appSubnetId string = private ? network.outputs.appSubnetId : ''
