// intake queue: Event Grid puts its events into a storage queue by identity. No key, no webhook, and no way in for
// the network: it works behind the storage firewall.
param storageName string
param systemTopicName string
param container string
param finishedUploads array
param finishedRenames array
param renames bool
param deadLetterContainer string

// Subscriptions of either way have the same name, so that one replaces the other.
var suffix = container == 'incoming' ? '' : '-${container}'
var subjectPrefix = '/blobServices/default/containers/${container}/'
var createdOnly = ['Microsoft.Storage.BlobCreated']
var createdAndRenamed = ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed']

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource systemTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: systemTopicName
}

resource uploads 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: systemTopic
  name: 'uploads${suffix}'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: { resourceId: storage.id, queueName: 'upload-events', queueMessageTimeToLiveInSeconds: -1 }
      }
    }
    filter: {
      includedEventTypes: renames ? createdAndRenamed : createdOnly
      subjectBeginsWith: subjectPrefix
      advancedFilters: [
        { operatorType: 'StringIn', key: 'data.api', values: concat(finishedUploads, finishedRenames) }
      ]
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storage.id, blobContainerName: deadLetterContainer }
      }
    }
  }
}
