// A queue, a subscription and its readers for each system that listens to the app's events. Dead letters are kept.
param subscribers array
param topicName string
param storageName string
param deadLetterContainer string

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' existing = {
  parent: storage
  name: 'default'
}

// The prefix keeps these queues apart from those of the app.
resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [for subscriber in subscribers: {
  parent: queueService
  name: 'events-${subscriber.name}'
}]

resource subscriptions 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = [for subscriber in subscribers: {
  parent: topic
  name: subscriber.name
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: storage.id
          queueName: 'events-${subscriber.name}'
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    filter: { includedEventTypes: empty(subscriber.types) ? null : subscriber.types }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storage.id, blobContainerName: deadLetterContainer }
      }
    }
  }
  dependsOn: [queues]
}]

module readers 'queue-readers.bicep' = [for subscriber in subscribers: {
  name: 'readers-${subscriber.name}'
  params: { storageName: storageName, queueName: 'events-${subscriber.name}', principals: subscriber.readers }
  dependsOn: [queues]
}]
