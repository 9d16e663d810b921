// The second deployment: connects uploads with the app. It needs the deployed code, whose start makes the key of the
// webhook, and may be repeated at any time. Both ways make the same subscription, so that one replaces the other.
targetScope = 'resourceGroup'

param appName string
param storageName string
param systemTopicName string

@allowed(['webhook', 'queue'])
param intake string

@description('Hierarchical namespace: a file may also arrive by being renamed.')
param renames bool = false

// Operations after which a blob is complete; CreateFile and SftpCreate announce one that is still empty.
var finishedUploads = ['PutBlob', 'CopyBlob', 'PutBlockList', 'FlushWithClose', 'SftpCommit']
var finishedRenames = ['RenameFile', 'SftpRename']
var subjectPrefix = '/blobServices/default/containers/incoming/'
var deadLetterContainer = 'dead-letters'

module webhook 'modules/uploads-by-webhook.bicep' = if (intake == 'webhook') {
  name: 'uploads-by-webhook'
  params: {
    appName: appName
    storageName: storageName
    systemTopicName: systemTopicName
    subjectPrefix: subjectPrefix
    finishedUploads: finishedUploads
    finishedRenames: finishedRenames
    renames: renames
    deadLetterContainer: deadLetterContainer
  }
}

module queue 'modules/uploads-by-queue.bicep' = if (intake == 'queue') {
  name: 'uploads-by-queue'
  params: {
    storageName: storageName
    systemTopicName: systemTopicName
    subjectPrefix: subjectPrefix
    finishedUploads: finishedUploads
    finishedRenames: finishedRenames
    renames: renames
    deadLetterContainer: deadLetterContainer
  }
}
