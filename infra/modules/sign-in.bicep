// Sign-in at the platform, before a request reaches the app. registration.bicep makes the app registration.
param appName string
param clientId string
param intake string

var issuer = '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
var healthPath = '/api/health'
// Event Grid calls these; the host asks for their own keys.
var webhookPaths = intake == 'webhook' ? ['/runtime/webhooks/blobs', '/runtime/webhooks/eventgrid'] : []

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

resource signIn 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true, runtimeVersion: '~1' }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: concat([healthPath], webhookPaths)
    }
    httpSettings: { requireHttps: true }
    login: { tokenStore: { enabled: false } }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: issuer
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
        }
        validation: { allowedAudiences: [clientId, 'api://${clientId}'] }
      }
    }
  }
}
