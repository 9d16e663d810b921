// The app registration for sign-in, after main.bicep: it needs the app's address and identity, and no secret.
// Who deploys it may register applications (Entra role Application Developer; for a workflow the Graph permission
// Application.ReadWrite.OwnedBy). The Bicep CLI fetches the extension; everything else in infra/ is native. Where a
// tenant forbids this, main.bicep takes the `clientId` of a registration that somebody else made.
targetScope = 'resourceGroup'
extension microsoftGraphV1

@description('Address of the app, the output INTRAY_URL of main.bicep.')
param url string

@description('Object id of the identity of the app, the output AZURE_IDENTITY_PRINCIPAL_ID.')
param principalId string

@description('Name of the registration; it is unique in the tenant.')
param name string = 'intray-${uniqueString(resourceGroup().id)}'

var roles = loadJsonContent('app-roles.json')
var scopeId = guid(name, 'user_impersonation')
var azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

resource registration 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: name
  displayName: name
  signInAudience: 'AzureADMyOrg'
  appRoles: [for role in roles: {
    id: guid('intray', role.value)
    allowedMemberTypes: role.allowedMemberTypes
    displayName: role.displayName
    description: role.description
    value: role.value
    isEnabled: true
  }]
  web: {
    redirectUris: ['${url}/.auth/login/aad/callback']
    implicitGrantSettings: { enableIdTokenIssuance: true }
  }
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: scopeId
        value: 'user_impersonation'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Call Intray as the signed-in person'
        adminConsentDescription: 'The program may do what the roles of the person allow.'
      }
    ]
    preAuthorizedApplications: [{ appId: azureCli, delegatedPermissionIds: [scopeId] }]
  }
  optionalClaims: { accessToken: [{ name: 'idtyp' }] }
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: registration.appId
  appRoleAssignmentRequired: true
}

// Children of the Graph extension are named by the path of their parent.
resource credential 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {
  name: '${registration.uniqueName}/intray'
  issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  subject: principalId
  audiences: ['api://AzureADTokenExchange']
}

output clientId string = registration.appId
