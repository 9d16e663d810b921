// What those who drop files may do: in one container of uploads, and nowhere else.
param storageName string
param container string
param uploaders array

var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' existing = {
  parent: storage
  name: 'default'
}

resource uploads 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' existing = {
  parent: blobService
  name: container
}

resource onUploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for uploader in uploaders: {
  name: guid(uploads.id, uploader, blobDataContributor)
  scope: uploads
  properties: {
    principalId: uploader
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}]
