// Whom to alert, what to look at, and what it may cost.
param location string
param tags object
param logsId string
param topicIds array
param alertEmails array
param monthlyBudget int
param budgetStart string

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: { location: location, tags: tags, emails: alertEmails, logsId: logsId, topicIds: topicIds }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: { location: location, tags: tags, logsId: logsId }
}

module budget 'budget.bicep' = {
  name: 'budget'
  params: {
    amount: monthlyBudget
    start: budgetStart
    emails: alertEmails
    actionGroupId: alerts.outputs.actionGroupId
  }
}
