// With host containerApps the second deployment: the app, once its image is in the registry. deploy-container.sh runs
// it after main.bicep, and it may be repeated at any time. The platform makes scale rules from the triggers.
targetScope = 'resourceGroup'

@description('The output INTRAY_CONTAINER of main.bicep.')
param container object

@description('Name and tag of the image in the registry: intray:1.')
param image string

@description('Believe what the platform says about callers. Only once sign-in is in front of the app, never before.')
param trustSignIn bool = false

@description('Replicas that never stop: timers, and the first request, wait for none.')
@minValue(1)
param minimumReplicas int = 1

var location = container.location
var tags = container.tags
var port = 8080
var healthPath = '/api/health'
var signsIn = !empty(container.clientId)
// Container Apps knows this name: its value is the identity that proves who the app is, in place of a client secret.
var identityInPlaceOfSecret = 'override-use-mi-fic-assertion-client-id'
var issuer = '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
var settings = [for setting in items(container.settings): { name: setting.key, value: setting.value }]
var hostSettings = [
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
  { name: 'INTRAY_PLATFORM_SIGN_IN', value: signsIn && trustSignIn ? 'true' : 'false' }
]
var addressRules = [for (address, index) in container.allowedAddresses: {
  name: 'allowed-${index}'
  ipAddressRange: contains(address, '/') ? address : '${address}/32'
  action: 'Allow'
}]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: container.identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: container.insightsName
}

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: container.name
  location: location
  tags: tags
  kind: 'functionapp'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: container.environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [
        { server: container.registryServer, identity: identity.id }
      ]
      secrets: [
        { name: identityInPlaceOfSecret, value: identity.properties.clientId }
      ]
      // Scaling by triggers asks for ingress, even where nobody outside may come in.
      ingress: {
        external: container.isReachable
        targetPort: port
        transport: 'auto'
        allowInsecure: false
        ipSecurityRestrictions: addressRules
        traffic: [
          { latestRevision: true, weight: 100 }
        ]
      }
    }
    template: {
      // Steps that are cut off are repeated, after their message is visible again.
      terminationGracePeriodSeconds: 120
      containers: [
        {
          name: 'intray'
          image: '${container.registryServer}/${image}'
          resources: { cpu: container.memory == 4096 ? 2 : 1, memory: container.memory == 4096 ? '4Gi' : '2Gi' }
          env: concat(settings, hostSettings)
          probes: [
            {
              type: 'Startup'
              httpGet: { path: healthPath, port: port }
              periodSeconds: 30
              timeoutSeconds: 10
              failureThreshold: 10
            }
            {
              type: 'Readiness'
              httpGet: { path: healthPath, port: port }
              periodSeconds: 30
              timeoutSeconds: 10
            }
          ]
        }
      ]
      scale: { minReplicas: minimumReplicas, maxReplicas: container.maximumInstances }
    }
  }
}

resource signIn 'Microsoft.App/containerApps/authConfigs@2025-07-01' = if (signsIn) {
  parent: app
  name: 'current'
  properties: {
    platform: { enabled: true }
    globalValidation: { unauthenticatedClientAction: 'Return401', excludedPaths: [healthPath] }
    httpSettings: { requireHttps: true }
    login: { tokenStore: { enabled: false } }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: container.clientId
          openIdIssuer: issuer
          clientSecretSettingName: identityInPlaceOfSecret
        }
        validation: { allowedAudiences: [container.clientId, 'api://${container.clientId}'] }
      }
    }
  }
}
