// The second deployment: connects uploads with the app. It needs the deployed code, whose start makes the key of the
// webhook, and may be repeated at any time. Both ways make the same subscription, so that one replaces the other.
targetScope = 'resourceGroup'

param appName string
param storageName string
param systemTopicName string

@allowed(['webhook', 'queue'])
param intake string

@description('Names of the containers of uploads.')
param containers array = ['incoming']

@description('Hierarchical namespace: a file may also arrive by being renamed.')
param renames bool = false

// Operations after which a blob is complete; CreateFile and SftpCreate announce one that is still empty.
var finishedUploads = ['PutBlob', 'CopyBlob', 'PutBlockList', 'FlushWithClose', 'SftpCommit']
var finishedRenames = ['RenameFile', 'SftpRename']
var deadLetterContainer = 'dead-letters'
var webhookContainers = intake == 'webhook' ? containers : []
var queueContainers = intake == 'queue' ? containers : []

@batchSize(1)
module webhook 'modules/uploads-by-webhook.bicep' = [for container in webhookContainers: {
  name: 'uploads-by-webhook-${container}'
  params: {
    appName: appName
    storageName: storageName
    systemTopicName: systemTopicName
    container: container
    finishedUploads: finishedUploads
    finishedRenames: finishedRenames
    renames: renames
    deadLetterContainer: deadLetterContainer
  }
}]

@batchSize(1)
module queue 'modules/uploads-by-queue.bicep' = [for container in queueContainers: {
  name: 'uploads-by-queue-${container}'
  params: {
    storageName: storageName
    systemTopicName: systemTopicName
    container: container
    finishedUploads: finishedUploads
    finishedRenames: finishedRenames
    renames: renames
    deadLetterContainer: deadLetterContainer
  }
}]
