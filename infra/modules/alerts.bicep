// Whom to wake, and why. Each rule looks for events that the app logs; docs/runbook.md says what to do about each.
param location string
param tags object
param emails array
param logsId string
param topicIds array

@description('Failed documents in an hour that are worth an alert.')
param failedDocuments int = 10

@description('Minutes that a message may wait in a queue.')
param backlogMinutes int = 30

var receivers = [for email in emails: { name: email, emailAddress: email, useCommonAlertSchema: true }]
var rules = [
  {
    name: 'poison-messages'
    description: 'The platform gave up on a message: its document failed, or waits in a poison queue.'
    severity: 1
    query: 'AppTraces | where Message startswith "poisoned " or Message startswith "poison_deferred "'
    threshold: 0
    window: 'PT15M'
  }
  {
    name: 'service-blocked'
    description: 'A service refuses the app: a role, a key, a quota or a deployment is missing. Documents wait.'
    severity: 1
    query: 'AppTraces | where Message startswith "service_blocked " or Message startswith "setting_wrong "'
    threshold: 0
    window: 'PT15M'
  }
  {
    name: 'failed-documents'
    description: 'More documents than usual end as failed.'
    severity: 2
    query: 'AppTraces | where Message startswith "document_outcome " and Message has "intray.run.state=failed"'
    threshold: failedDocuments
    window: 'PT1H'
  }
  {
    name: 'silence'
    description: 'The app reports no backlog, which it does every minute: it does not run, or cannot export.'
    severity: 1
    query: 'AppMetrics | where Name == "intray.queue.messages" | summarize Points = count() | where Points == 0'
    threshold: 0
    window: 'PT15M'
  }
  {
    name: 'missed-uploads'
    description: 'Uploads were found by comparison that no event announced: is the subscription there?'
    severity: 2
    query: 'AppTraces | where Message startswith "uploads_without_event "'
    threshold: 0
    window: 'PT1H'
  }
  {
    name: 'uploads-not-opened'
    description: 'The malware scanner found something, could not scan an upload, or gave no verdict.'
    severity: 2
    query: 'AppTraces | where Message startswith "upload_not_opened "'
    threshold: 0
    window: 'PT15M'
  }
  {
    name: 'backlog-age'
    description: 'Messages wait too long for an instance, a model or a service.'
    severity: 2
    query: loadTextContent('../queries/backlog-age.kql')
    threshold: backlogMinutes
    window: 'PT15M'
    measure: 'AgeMinutes'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'intray-operators'
  location: 'global'
  tags: tags
  properties: { groupShortName: 'intray', enabled: true, emailReceivers: receivers }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'intray-${rule.name}'
  location: location
  tags: tags
  properties: {
    displayName: 'Intray: ${rule.name}'
    description: '${rule.description} What to do: docs/runbook.md#${rule.name}'
    severity: rule.severity
    enabled: true
    skipQueryValidation: true
    scopes: [logsId]
    evaluationFrequency: 'PT15M'
    windowSize: rule.window
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: contains(rule, 'measure') ? rule.measure : null
          timeAggregation: contains(rule, 'measure') ? 'Maximum' : 'Count'
          operator: 'GreaterThan'
          threshold: rule.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [people.id] }
  }
}]

// Event Grid could not deliver for a day: an upload that the comparison has to find, or an event that nobody got.
resource deadLetterAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for (topicId, index) in topicIds: {
  name: 'intray-dead-letters-${index}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave up on events of this topic and kept them. What to do: docs/runbook.md#dead-letters'
    severity: 2
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'deadLettered'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      { actionGroupId: people.id }
    ]
  }
}]

output actionGroupId string = people.id
