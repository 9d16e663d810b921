#!/usr/bin/env sh
# After `azd provision`, with a host other than functions: build the image in the registry; with containerApps deploy
# the app (infra/container-app.bicep), with aks write settings and image into infra/aks; connect uploads. The variables
# are the outputs of main.bicep, which azd passes on. Needs jq.
set -eu
cd "$(dirname "$0")/../.."
case ${INTRAY_HOST:-functions} in
functions) exit 0 ;;
containerApps | aks) ;;
*)
  echo "INTRAY_HOST is '$INTRAY_HOST': use functions, containerApps or aks." >&2
  exit 2
  ;;
esac
tag=$(date -u +%Y%m%d%H%M%S)
az acr build --only-show-errors --output none --registry "$AZURE_REGISTRY_NAME" --image "intray:$tag" .

option() { printf %s "$INTRAY_CONTAINER" | jq -r "$1"; }

if [ "$INTRAY_HOST" = aks ]; then
  insights=$(az resource show --resource-group "$AZURE_RESOURCE_GROUP" --name "$(option .insightsName)" \
    --resource-type Microsoft.Insights/components --query properties.ConnectionString --output tsv)
  {
    option '.settings | to_entries[] | "\(.key)=\(.value)"'
    echo "APPLICATIONINSIGHTS_CONNECTION_STRING=$insights"
  } >infra/aks/settings.env
  sed "s#newName: .*#newName: $(option .registryServer)/intray#; s#newTag: .*#newTag: \"$tag\"#" \
    infra/aks/kustomization.yaml >infra/aks/kustomization.new
  mv infra/aks/kustomization.new infra/aks/kustomization.yaml
  infra/hooks/connect-uploads.sh
  echo "infra/aks is yours: kubectl apply --kustomize infra/aks"
  exit 0
fi

deploy() {
  az deployment group create --only-show-errors --output none --name container-app \
    --resource-group "$AZURE_RESOURCE_GROUP" --template-file infra/container-app.bicep --parameters \
    container="$INTRAY_CONTAINER" image="intray:$tag" trustSignIn="$1"
}

signs_in() {
  az resource show --only-show-errors --output none --resource-group "$AZURE_RESOURCE_GROUP" --name current \
    --namespace Microsoft.App --parent "containerApps/$(option .name)" --resource-type authConfigs 2>/dev/null
}

# What the platform says about callers is believed only where sign-in stood in front of the app before.
if [ -z "$(option .clientId)" ]; then
  deploy false
else
  signs_in || deploy false
  deploy true
fi
infra/hooks/connect-uploads.sh
