// Who may take messages from one queue.
param storageName string
param queueName string
param principals array

var queueDataMessageProcessor = '8a0f0c08-91a1-4084-bc3d-661d67233fed'

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' existing = {
  parent: storage
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' existing = {
  parent: queueService
  name: queueName
}

resource readers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for principal in principals: {
  name: guid(queue.id, principal, queueDataMessageProcessor)
  scope: queue
  properties: {
    principalId: principal
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataMessageProcessor)
  }
}]
