// With private: a network with a subnet that the app sends from, and private endpoints of all that it calls.
param name string
param location string
param tags object
param storageId string
param modelsId string
param vaultId string
param topicId string
param recognitionId string

@description('Address space of the network, and of its two subnets. An instance of the app takes one address.')
param addressSpace string = '10.20.0.0/22'
param appSubnet string = '10.20.0.0/23'
param endpointSubnet string = '10.20.2.0/26'

resource appRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: '${name}-app'
  location: location
  tags: tags
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: '${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-from-internet'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appSubnet
          networkSecurityGroup: { id: appRules.id }
          delegations: [
            { name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointSubnet
          networkSecurityGroup: { id: endpointRules.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

module endpoints 'endpoints.bicep' = {
  name: 'endpoints'
  params: {
    location: location
    tags: tags
    subnetId: '${network.id}/subnets/endpoints'
    networkId: network.id
    storageId: storageId
    modelsId: modelsId
    vaultId: vaultId
    topicId: topicId
    recognitionId: recognitionId
  }
}

output appSubnetId string = '${network.id}/subnets/app'
