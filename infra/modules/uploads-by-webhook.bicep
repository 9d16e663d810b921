// intake webhook: Event Grid calls the blob trigger, and with renames the Event Grid trigger.
param appName string
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
var function = container == 'incoming' ? 'receive_blob' : 'receive_blob_${replace(container, '-', '_')}'
var webhook = 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs'
// The key exists once the app has started with its code.
var key = listKeys('${app.id}/host/default', '2023-12-01').systemKeys.blobs_extension

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

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
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: '${webhook}?functionName=Host.Functions.${function}&code=${key}'
        maxEventsPerBatch: 1
        minimumTlsVersionAllowed: '1.2'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: subjectPrefix
      advancedFilters: [
        { operatorType: 'StringIn', key: 'data.api', values: finishedUploads }
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

resource renamed 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (renames) {
  parent: systemTopic
  name: 'renames${suffix}'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${app.id}/functions/receive_renamed', maxEventsPerBatch: 1 }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobRenamed']
      subjectBeginsWith: subjectPrefix
      advancedFilters: [
        { operatorType: 'StringIn', key: 'data.api', values: finishedRenames }
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
