// The page an operator opens first: what was done, what waits, what went wrong.
param location string
param tags object
param logsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'intray')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Intray'
    category: 'workbook'
    sourceId: logsId
    serializedData: loadTextContent('../workbook.json')
  }
}
