// What reads documents: models, and the OCR service where it is chosen.
param token string
param location string
param tags object
param private bool
param deployments array
param ocrEngine string
param principalId string
param encryption object
param logsId string

var recognizes = ocrEngine == 'document_intelligence'

module models 'models.bicep' = {
  name: 'models'
  params: {
    name: 'oai-${token}'
    location: location
    tags: tags
    private: private
    deployments: deployments
    encryption: encryption
    logsId: logsId
  }
}

module recognition 'recognition.bicep' = if (recognizes) {
  name: 'recognition'
  params: { name: 'di-${token}', location: location, tags: tags, private: private, principalId: principalId }
}

output modelsId string = models.outputs.id
output modelEndpoint string = models.outputs.endpoint
output recognitionId string = recognizes ? recognition.outputs.id : ''
output ocrEndpoint string = recognizes ? recognition.outputs.endpoint : ''
