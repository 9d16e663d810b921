// With malwareScan: Defender scans each upload and writes its verdict as index tags of the blob. The app waits for it.
param storageName string

@description('Most gigabytes scanned in a month; uploads beyond are not scanned, and held.')
param capGBPerMonth int = 1000

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource scanning 'Microsoft.Security/defenderForStorageSettings@2022-12-01-preview' = {
  name: 'current'
  scope: storage
  properties: {
    isEnabled: true
    overrideSubscriptionLevelSettings: true
    malwareScanning: { onUpload: { isEnabled: true, capGBPerMonth: capGBPerMonth } }
    sensitiveDataDiscovery: { isEnabled: false }
  }
}
