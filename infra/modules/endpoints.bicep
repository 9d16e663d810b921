// With private: a private endpoint, and the DNS zone that finds it, for each service that the app calls.
param location string
param tags object
param subnetId string
param networkId string
param storageId string
param modelsId string
param vaultId string
param topicId string
param recognitionId string

var storageSuffix = environment().suffixes.storage
var services = [
  { name: 'blob', id: storageId, group: 'blob', zone: 'privatelink.blob.${storageSuffix}' }
  { name: 'queue', id: storageId, group: 'queue', zone: 'privatelink.queue.${storageSuffix}' }
  { name: 'table', id: storageId, group: 'table', zone: 'privatelink.table.${storageSuffix}' }
  { name: 'models', id: modelsId, group: 'account', zone: 'privatelink.openai.azure.com' }
  { name: 'vault', id: vaultId, group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
  { name: 'topic', id: topicId, group: 'topic', zone: 'privatelink.eventgrid.azure.net' }
]

// One after another: two changes of one subnet or account at once are refused.
@batchSize(1)
module endpoints 'endpoint.bicep' = [for service in services: {
  name: 'endpoint-${service.name}'
  params: {
    name: 'pe-${service.name}'
    location: location
    tags: tags
    subnetId: subnetId
    networkId: networkId
    targetId: service.id
    group: service.group
    zoneName: service.zone
  }
}]

module recognition 'endpoint.bicep' = if (!empty(recognitionId)) {
  name: 'endpoint-recognition'
  params: {
    name: 'pe-recognition'
    location: location
    tags: tags
    subnetId: subnetId
    networkId: networkId
    targetId: recognitionId
    group: 'account'
    zoneName: 'privatelink.cognitiveservices.azure.com'
  }
}
