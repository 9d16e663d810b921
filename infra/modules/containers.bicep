// What is in the storage account. Tests compare these names with those in the code.
param storageName string
param intake string

@description('The containers of uploads, as main.bicep has them.')
param uploads array
param uploaders array

var deploymentContainer = 'deployments'
var deadLetterContainer = 'dead-letters'
var uploadNames = [for upload in uploads: upload.name]
var appContainers = concat(uploadNames, ['work', 'results', 'unpacked', 'document-types'])
var containers = concat(appContainers, [deploymentContainer, deadLetterContainer])

var workQueues = [
  'intake'
  'read'
  'read-ranges'
  'extract'
  'extract-ranges'
  'validate'
  'check'
  'decide'
  'publish'
  'review'
]
// Event Grid puts its events here when they come by queue.
var eventQueues = intake == 'queue' ? ['upload-events', 'upload-events-poison'] : []
var poisonQueues = [for queue in workQueues: '${queue}-poison']
var queues = concat(workQueues, poisonQueues, ['webjobs-blobtrigger-poison'], eventQueues)
var tables = ['documents', 'catalog']

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' existing = {
  parent: storage
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' existing = {
  parent: storage
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' existing = {
  parent: storage
  name: 'default'
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [for c in containers: {
  parent: blobService
  name: c
  properties: { publicAccess: 'None' }
}]

resource storageQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [for name in queues: {
  parent: queueService
  name: name
}]

resource storageTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = [for name in tables: {
  parent: tableService
  name: name
}]

// Documents are deleted by the app (INTRAY_RETENTION_DAYS), which knows what belongs together; rules only clear away
// what the app does not own.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: storage
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-dead-letters'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['${deadLetterContainer}/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } }
          }
        }
        {
          // Messages that the platform gave up on: ids, and names of uploads; kept for an operator to look at.
          name: 'delete-poison-messages'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['work/poison/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } }
          }
        }
      ]
    }
  }
  dependsOn: [blobContainers]
}

module dropping 'uploaders.bicep' = [for upload in uploads: {
  name: 'uploaders-${upload.name}'
  params: {
    storageName: storageName
    container: upload.name
    uploaders: union(uploaders, contains(upload, 'uploaders') ? upload.uploaders : [])
  }
  dependsOn: [blobContainers]
}]

output uploadContainers string = string(uploadNames)
output deploymentContainer string = deploymentContainer
output deadLetterContainer string = deadLetterContainer
