#!/usr/bin/env sh
# After `azd deploy`: connect uploads with the app (infra/events.bicep). Repeats while the app is starting, because the
# key of its webhook exists only then. The variables are the outputs of main.bicep, which azd passes on.
set -eu
cd "$(dirname "$0")/.."
attempt=1
until az deployment group create --only-show-errors --output none --name connect-uploads \
  --resource-group "$AZURE_RESOURCE_GROUP" --template-file events.bicep --parameters \
  appName="$AZURE_FUNCTION_APP_NAME" storageName="$AZURE_STORAGE_ACCOUNT_NAME" \
  systemTopicName="$AZURE_SYSTEM_TOPIC_NAME" intake="$INTRAY_INTAKE" renames="$INTRAY_RENAMES" \
  containers="$INTRAY_CONTAINER_NAMES"; do
  if [ "$attempt" -ge 10 ]; then
    echo "Uploads are not connected. See 'Uploads are not processed' in docs/deploy.md." >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 30
done
