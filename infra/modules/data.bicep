// Where documents and state are kept, and the topics that tell of uploads and outcomes.
param token string
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
param subscribers array
param encryption object
param logsId string

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: sku
    private: private
    allowedAddresses: allowedAddresses
    hierarchicalNamespace: hierarchicalNamespace
    malwareScan: malwareScan
    intake: intake
    containers: containers
    uploaders: uploaders
    encryption: encryption
    logsId: logsId
  }
}

module topics 'topics.bicep' = {
  name: 'topics'
  params: {
    systemTopicName: 'egst-${token}'
    topicName: 'egt-${token}'
    location: location
    tags: tags
    private: private
    storageName: storage.outputs.name
    deadLetterContainer: storage.outputs.deadLetterContainer
    subscribers: subscribers
  }
}

output storageId string = storage.outputs.id
output storageName string = storage.outputs.name
output deploymentContainer string = storage.outputs.deploymentContainer
output uploadContainers string = storage.outputs.uploadContainers
output systemTopicId string = topics.outputs.systemTopicId
output systemTopicName string = topics.outputs.systemTopicName
output topicId string = topics.outputs.topicId
output topicEndpoint string = topics.outputs.topicEndpoint
